WITH {campaigns},
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
