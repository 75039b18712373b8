-- A guest is whoever made the first of their orders, whose number they are called by.
SELECT whole.*
FROM {table} AS whole
LEFT JOIN ledger_order_people AS owners ON owners.order_ref = whole.customer_id
WHERE {belongs}
