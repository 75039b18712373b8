-- A cell is ripe when every customer of its month has had that many whole days; before, it is empty.
SELECT
    to_char(month, 'YYYY-MM') AS month,
    customers,
    revenue_kobo,
    round(revenue_kobo::numeric / nullif(customers, 0))::bigint AS value_kobo,
    CASE WHEN ripe_days > 30 THEN round(kobo_30::numeric / nullif(customers, 0)) END::bigint AS value_30_kobo,
    CASE WHEN ripe_days > 60 THEN round(kobo_60::numeric / nullif(customers, 0)) END::bigint AS value_60_kobo,
    CASE WHEN ripe_days > 90 THEN round(kobo_90::numeric / nullif(customers, 0)) END::bigint AS value_90_kobo,
    CASE WHEN ripe_days > 180 THEN round(kobo_180::numeric / nullif(customers, 0)) END::bigint AS value_180_kobo,
    CASE WHEN ripe_days > 365 THEN round(kobo_365::numeric / nullif(customers, 0)) END::bigint AS value_365_kobo
FROM (
    SELECT *, %(today)s::date - (month + interval '1 month - 1 day')::date AS ripe_days
    FROM user_cohorts
    WHERE currency = %(currency)s
) AS cohorts
ORDER BY 1 DESC
LIMIT %(limit)s
