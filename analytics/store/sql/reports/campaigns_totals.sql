-- What spend is divided by is only of the campaigns that have any: nobody paid for the visits of the others.
WITH facts AS (
    SELECT
        coalesce(
            nullif(
                CASE %(by)s WHEN 'source' THEN source WHEN 'medium' THEN medium WHEN 'campaign' THEN campaign
                ELSE concat_ws(' / ', nullif(source, ''), nullif(medium, ''), nullif(campaign, '')) END,
                ''
            ),
            'No campaign'
        ) AS label,
        sessions, bounces, carted, converted, orders, value_kobo, spend_kobo, currency = %(currency)s AS is_shown,
        CASE %(model)s WHEN 'last' THEN last_kobo WHEN 'first' THEN first_kobo WHEN 'linear' THEN linear_kobo
            ELSE position_kobo END AS revenue_kobo,
        CASE %(model)s WHEN 'last' THEN last_new WHEN 'first' THEN first_new WHEN 'linear' THEN linear_new
            ELSE position_new END / 1000000.0 AS new_customers
    FROM campaign_days
    WHERE day BETWEEN %(first)s AND %(last)s
),
campaigns AS (
    SELECT
        label, sum(sessions) AS sessions, sum(bounces) AS bounces, sum(carted) AS carted, sum(converted) AS converted,
        coalesce(sum(orders) FILTER (WHERE is_shown), 0) AS orders,
        coalesce(sum(value_kobo) FILTER (WHERE is_shown), 0) AS value_kobo,
        coalesce(sum(revenue_kobo) FILTER (WHERE is_shown), 0) AS revenue_kobo,
        coalesce(sum(new_customers) FILTER (WHERE is_shown), 0) AS new_customers,
        sum(spend_kobo) FILTER (WHERE is_shown) AS spend_kobo
    FROM facts
    GROUP BY label
),
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
