-- What spend is divided by is only of the campaigns that have any: nobody paid for the visits of the others.
WITH {campaigns},
paid AS (SELECT * FROM campaigns WHERE spend_kobo IS NOT NULL AND label <> 'No campaign')
SELECT
    coalesce(sum(sessions), 0)::bigint AS sessions,
    sum(bounces) / nullif(sum(sessions), 0) AS bounce_rate,
    coalesce(sum(carted), 0)::bigint AS carted,
    sum(converted) / nullif(sum(sessions), 0) AS conversion,
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(value_kobo), 0)::bigint AS value_kobo,
    coalesce(sum(revenue_kobo), 0)::bigint AS revenue_kobo,
    coalesce(sum(new_customers), 0) AS new_customers,
    sum(spend_kobo)::bigint AS spend_kobo,
    (SELECT round(sum(spend_kobo) / nullif(sum(sessions), 0))::bigint FROM paid) AS visit_kobo,
    (SELECT round(sum(spend_kobo) / nullif(sum(new_customers), 0))::bigint FROM paid) AS cac_kobo,
    (SELECT sum(revenue_kobo) / nullif(sum(spend_kobo), 0) FROM paid) AS roas,
    (SELECT (sum(revenue_kobo) - sum(spend_kobo)) / nullif(sum(spend_kobo), 0) FROM paid) AS roi
FROM campaigns
