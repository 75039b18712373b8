-- The same as points: every day of the period, or the states with most orders.
WITH days AS (
    SELECT day::date::text AS label
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
    WHERE %(by)s = 'day'
),
cash AS (
    SELECT *, CASE WHEN %(by)s = 'state' THEN state ELSE zuka_local_day(placed_at)::text END AS label
    FROM ledger_cash_orders
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND currency = %(currency)s
)
SELECT
    label,
    count(cash.order_id) AS placed_orders,
    count(*) FILTER (WHERE cash.is_delivered) AS delivered_orders,
    count(*) FILTER (WHERE cash.is_collected) AS collected_orders,
    count(*) FILTER (WHERE cash.is_refused) AS refused_orders
FROM cash FULL JOIN days USING (label)
GROUP BY label
ORDER BY CASE WHEN %(by)s = 'state' THEN count(*) END DESC NULLS LAST, label
