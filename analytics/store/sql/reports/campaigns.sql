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
-- Spend without the word that is grouped by stands beside everything that came without one: it did not bring that.
priced AS (
    SELECT *, CASE WHEN label <> 'No campaign' THEN spend_kobo END AS own_kobo FROM campaigns
)
SELECT
    label,
    sessions::bigint AS sessions,
    revenue_kobo::bigint AS revenue_kobo,
    spend_kobo::bigint AS spend_kobo,
    revenue_kobo / nullif(own_kobo, 0) AS roas,
    (revenue_kobo - own_kobo) / nullif(own_kobo, 0) AS roi,
    round(own_kobo / nullif(sessions, 0))::bigint AS visit_kobo,
    new_customers,
    round(own_kobo / nullif(new_customers, 0))::bigint AS cac_kobo,
    bounces / nullif(sessions, 0) AS bounce_rate,
    carted::bigint AS carted,
    converted / nullif(sessions, 0) AS conversion,
    orders::bigint AS orders,
    value_kobo::bigint AS value_kobo
FROM priced
WHERE sessions > 0 OR orders <> 0 OR revenue_kobo <> 0 OR new_customers <> 0 OR spend_kobo IS NOT NULL
ORDER BY sessions DESC, label
LIMIT %(limit)s
