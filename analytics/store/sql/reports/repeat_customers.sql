-- A cell is ripe when every customer of its month has had that many whole days; before, it is empty.
SELECT
    to_char(month, 'YYYY-MM') AS month,
    customers,
    repeated,
    repeated::numeric / nullif(customers, 0) AS repeat_rate,
    CASE WHEN ripe_days > 30 THEN again_30::numeric / nullif(customers, 0) END AS within_30,
    CASE WHEN ripe_days > 60 THEN again_60::numeric / nullif(customers, 0) END AS within_60,
    CASE WHEN ripe_days > 90 THEN again_90::numeric / nullif(customers, 0) END AS within_90,
    days_to_second,
    orders,
    revenue_kobo,
    round(revenue_kobo::numeric / nullif(paid_orders, 0))::bigint AS aov_kobo
FROM (
    SELECT *, %(today)s::date - (month + interval '1 month - 1 day')::date AS ripe_days
    FROM user_cohorts
    WHERE month BETWEEN date_trunc('month', %(first)s::date)::date AND %(last)s AND currency = %(currency)s
) AS cohorts
ORDER BY 1 DESC
LIMIT %(limit)s
