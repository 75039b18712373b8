WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
)
SELECT
    days.day,
    coalesce(sum(placed_orders), 0)::bigint AS placed_orders,
    coalesce(sum(placed_kobo), 0)::bigint AS placed_kobo,
    coalesce(sum(paid_orders), 0)::bigint AS paid_orders,
    coalesce(sum(captured_kobo), 0)::bigint AS captured_kobo,
    coalesce(sum(refunded_kobo), 0)::bigint AS refunded_kobo,
    coalesce(sum(captured_kobo - refunded_kobo), 0)::bigint AS revenue_kobo,
    coalesce(sum(delivered_orders), 0)::bigint AS delivered_orders,
    coalesce(sum(delivered_kobo), 0)::bigint AS delivered_kobo
FROM days
LEFT JOIN rollup_orders ON rollup_orders.day = days.day AND rollup_orders.currency = %(currency)s
GROUP BY days.day
ORDER BY days.day
