-- What each counted order brought until now: money in less money back. What goods cost is in PostgreSQL alone.
SELECT
    orders.order_id AS order_id, orders.currency AS currency, orders.placed_at AS placed_at,
    orders.counts_as_placed AS counts_as_placed, coalesce(moved.kobo, 0) AS revenue_kobo
FROM ledger_order_keys AS orders
LEFT JOIN (
    SELECT order_id, currency, sum(amount_kobo) AS kobo FROM ledger_money GROUP BY order_id, currency
) AS moved ON moved.order_id = orders.order_id AND moved.currency = orders.currency
SETTINGS join_use_nulls = 1
