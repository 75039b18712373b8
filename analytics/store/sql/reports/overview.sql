-- The headline figures of each day, days without anything included.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
signups AS (
    SELECT day, sum(signups) AS signups FROM rollup_signups WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day
),
visits AS (
    SELECT day, sum(sessions) AS sessions, sum(converted) AS converted, sum(bounces) AS bounces
    FROM rollup_sessions WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day
),
orders AS (
    SELECT
        day,
        sum(placed_orders) AS orders,
        sum(captured_kobo - refunded_kobo) AS revenue_kobo,
        sum(paid_orders) AS paid_orders
    FROM rollup_orders
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
    GROUP BY day
)
SELECT
    days.day,
    coalesce(rollup_traffic.visitors, 0)::bigint AS visitors,
    coalesce(visits.sessions, 0)::bigint AS sessions,
    coalesce(signups.signups, 0)::bigint AS signups,
    coalesce(orders.orders, 0)::bigint AS orders,
    visits.converted / nullif(visits.sessions, 0) AS conversion,
    coalesce(orders.revenue_kobo, 0)::bigint AS revenue_kobo,
    round(orders.revenue_kobo / nullif(orders.paid_orders, 0))::bigint AS aov_kobo,
    visits.bounces / nullif(visits.sessions, 0) AS bounce_rate
FROM days
LEFT JOIN rollup_traffic ON rollup_traffic.day = days.day
LEFT JOIN visits ON visits.day = days.day
LEFT JOIN signups ON signups.day = days.day
LEFT JOIN orders ON orders.day = days.day
ORDER BY days.day
