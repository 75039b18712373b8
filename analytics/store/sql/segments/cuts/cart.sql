SELECT whole.*
FROM {table} AS whole
JOIN ledger_cart_people AS owners ON owners.cart_id = whole.cart_id
WHERE {belongs}
