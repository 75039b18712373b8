-- The orders of each customer, counted from their first.
SELECT
    customer,
    order_id,
    placed_at,
    row_number() OVER (PARTITION BY customer ORDER BY placed_at, order_id) AS position
FROM ledger_orders
WHERE counts_as_placed
