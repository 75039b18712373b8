-- Each order once, however many codes it has.
WITH used AS (
    SELECT order_id, sum(discount_kobo) AS discount_kobo
    FROM ledger_discounts
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed AND currency = %(currency)s
    GROUP BY order_id
)
SELECT
    count(*) AS orders,
    coalesce(sum(used.discount_kobo), 0)::bigint AS discount_kobo,
    coalesce(sum(money.revenue_kobo), 0)::bigint AS revenue_kobo,
    CASE WHEN count(*) = count(money.margin_kobo) THEN coalesce(sum(money.margin_kobo), 0)::bigint END AS margin_kobo,
    count(firsts.order_id) AS new_customers
FROM used
JOIN ledger_order_money AS money ON money.order_id = used.order_id
LEFT JOIN ledger_first_orders AS firsts ON firsts.order_id = used.order_id
