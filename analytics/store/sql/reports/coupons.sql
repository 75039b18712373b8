WITH used AS (
    SELECT code, name, order_id, discount_kobo
    FROM ledger_discounts
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed AND currency = %(currency)s
)
SELECT
    used.code,
    coalesce(used.name, 'Reduced by hand, or before codes were kept') AS name,
    count(*) AS orders,
    sum(used.discount_kobo)::bigint AS discount_kobo,
    sum(money.revenue_kobo)::bigint AS revenue_kobo,
    CASE WHEN count(*) = count(money.margin_kobo) THEN sum(money.margin_kobo)::bigint END AS margin_kobo,
    count(firsts.order_id) AS new_customers
FROM used
JOIN ledger_order_money AS money ON money.order_id = used.order_id
LEFT JOIN ledger_first_orders AS firsts ON firsts.order_id = used.order_id
GROUP BY used.code, used.name
ORDER BY used.name IS NULL, discount_kobo DESC, used.code
LIMIT %(limit)s
