-- The same figures of the whole period: people are counted once, on the first of its days on which they came.
WITH visitors AS (
    SELECT coalesce(sum(visitors), 0) AS visitors
    FROM rollup_recency
    WHERE day BETWEEN %(first)s AND %(last)s AND (days_away = 0 OR day - days_away < %(first)s)
),
signups AS (
    SELECT coalesce(sum(signups), 0) AS signups FROM rollup_signups WHERE day BETWEEN %(first)s AND %(last)s
),
visits AS (
    SELECT coalesce(sum(sessions), 0) AS sessions, sum(converted) AS converted, sum(bounces) AS bounces
    FROM rollup_sessions WHERE day BETWEEN %(first)s AND %(last)s
),
orders AS (
    SELECT
        coalesce(sum(placed_orders), 0) AS orders,
        coalesce(sum(captured_kobo - refunded_kobo), 0) AS revenue_kobo,
        coalesce(sum(paid_orders), 0) AS paid_orders
    FROM rollup_orders
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
)
SELECT
    visitors.visitors::bigint AS visitors,
    visits.sessions::bigint AS sessions,
    signups.signups::bigint AS signups,
    orders.orders::bigint AS orders,
    visits.converted / nullif(visits.sessions, 0) AS conversion,
    orders.revenue_kobo::bigint AS revenue_kobo,
    round(orders.revenue_kobo / nullif(orders.paid_orders, 0))::bigint AS aov_kobo,
    visits.bounces / nullif(visits.sessions, 0) AS bounce_rate
FROM visitors CROSS JOIN visits CROSS JOIN signups CROSS JOIN orders
