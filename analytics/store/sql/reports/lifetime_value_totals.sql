-- After so many days: of the months whose customers have all had them.
SELECT
    coalesce(sum(customers), 0)::bigint AS customers,
    coalesce(sum(revenue_kobo), 0)::bigint AS revenue_kobo,
    round(sum(revenue_kobo) / nullif(sum(customers), 0))::bigint AS value_kobo,
    round(
        sum(kobo_30) FILTER (WHERE ripe_days > 30) / nullif(sum(customers) FILTER (WHERE ripe_days > 30), 0)
    )::bigint AS value_30_kobo,
    round(
        sum(kobo_60) FILTER (WHERE ripe_days > 60) / nullif(sum(customers) FILTER (WHERE ripe_days > 60), 0)
    )::bigint AS value_60_kobo,
    round(
        sum(kobo_90) FILTER (WHERE ripe_days > 90) / nullif(sum(customers) FILTER (WHERE ripe_days > 90), 0)
    )::bigint AS value_90_kobo,
    round(
        sum(kobo_180) FILTER (WHERE ripe_days > 180) / nullif(sum(customers) FILTER (WHERE ripe_days > 180), 0)
    )::bigint AS value_180_kobo,
    round(
        sum(kobo_365) FILTER (WHERE ripe_days > 365) / nullif(sum(customers) FILTER (WHERE ripe_days > 365), 0)
    )::bigint AS value_365_kobo
FROM (
    SELECT *, %(today)s::date - (month + interval '1 month - 1 day')::date AS ripe_days
    FROM user_cohorts
    WHERE currency = %(currency)s
) AS cohorts
