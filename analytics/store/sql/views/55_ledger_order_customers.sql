-- Each counted order with its customer's id and its place among their orders. An account is called by its own id; a
-- guest by the number of their first order, which tells nothing of them. `position` counts the orders that count.
SELECT
    order_id,
    coalesce(
        user_id, first_value(order_ref) OVER (PARTITION BY customer COLLATE "C" ORDER BY placed_at, order_id)
    ) AS customer_id,
    user_id,
    currency,
    placed_at,
    zuka_local_day(placed_at) AS day,
    paid_at,
    counts_as_placed,
    row_number() OVER (
        PARTITION BY customer COLLATE "C", currency, counts_as_placed ORDER BY placed_at, order_id
    ) AS position
FROM ledger_orders
