SELECT whole.*
FROM {table} AS whole
JOIN ledger_order_people AS owners ON owners.order_id = whole.order_id
WHERE {belongs}
