-- The first order of each customer that counts.
SELECT argMin(orders.order_id, (orders.placed_at, orders.order_id)) AS order_id, min(orders.placed_at) AS placed_at
FROM ledger_order_keys AS orders
WHERE orders.counts_as_placed
GROUP BY orders.customer_key
