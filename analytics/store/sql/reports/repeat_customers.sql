-- A cell is ripe when every customer of its month has had that many days; before, it is empty.
SELECT
    to_char(first_date, 'YYYY-MM') AS month,
    count(*) AS customers,
    count(second_date) AS repeated,
    count(second_date)::numeric / count(*) AS repeat_rate,
    CASE WHEN max(ripe_days) >= 30 THEN count(*) FILTER (WHERE days <= 30)::numeric / count(*) END AS within_30,
    CASE WHEN max(ripe_days) >= 60 THEN count(*) FILTER (WHERE days <= 60)::numeric / count(*) END AS within_60,
    CASE WHEN max(ripe_days) >= 90 THEN count(*) FILTER (WHERE days <= 90)::numeric / count(*) END AS within_90,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days_to_second,
    sum(orders)::bigint AS orders,
    sum(revenue_kobo)::bigint AS revenue_kobo,
    round(sum(revenue_kobo) / nullif(sum(paid_orders), 0))::bigint AS aov_kobo
FROM (
    SELECT
        *,
        second_date - first_date AS days,
        %(today)s::date - (date_trunc('month', first_date) + interval '1 month - 1 day')::date AS ripe_days
    FROM ledger_cohorts
    WHERE first_date BETWEEN date_trunc('month', %(first)s::date)::date AND %(last)s AND currency = %(currency)s
) AS cohorts
GROUP BY 1
ORDER BY 1 DESC
LIMIT %(limit)s
