-- The same as points: every day of the period, or the states with most orders.
WITH days AS (
    SELECT day::date::text AS label
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
    WHERE %(by)s = 'day'
),
cash AS (
    SELECT *, CASE WHEN %(by)s = 'state' THEN state ELSE day::text END AS label
    FROM rollup_cash
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
)
SELECT
    label,
    coalesce(sum(placed_orders), 0)::bigint AS placed_orders,
    coalesce(sum(delivered_orders), 0)::bigint AS delivered_orders,
    coalesce(sum(collected_orders), 0)::bigint AS collected_orders,
    coalesce(sum(refused_orders), 0)::bigint AS refused_orders
FROM cash FULL JOIN days USING (label)
GROUP BY label
ORDER BY CASE WHEN %(by)s = 'state' THEN sum(placed_orders) END DESC NULLS LAST, label
