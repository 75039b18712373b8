-- As store/sql/views/96_campaign_days.sql, whose columns a union takes from its first part.
SELECT
    day, utm_source AS source, utm_medium AS medium, utm_campaign AS campaign, currency,
    sessions, bounces, carted, converted, orders, value_kobo,
    0 AS last_kobo, 0 AS first_kobo, 0 AS linear_kobo, 0 AS position_kobo,
    0 AS last_new, 0 AS first_new, 0 AS linear_new, 0 AS position_new, NULL AS spend_kobo
FROM rollup_sources
UNION ALL
SELECT
    day, source, medium, campaign, currency,
    0, 0, 0, 0, 0, 0, last_kobo, first_kobo, linear_kobo, position_kobo, 0, 0, 0, 0, NULL
FROM rollup_attribution
UNION ALL
SELECT
    shares.day, shares.source, shares.medium, shares.campaign, shares.currency,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    shares.last_parts, shares.first_parts, shares.linear_parts, shares.position_parts, NULL
FROM analytics_order_attributions AS shares
JOIN ledger_first_orders AS firsts ON firsts.order_id = shares.order_id
WHERE shares.last_parts + shares.first_parts + shares.linear_parts + shares.position_parts > 0
UNION ALL
SELECT
    day, source, medium, campaign, currency,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, spend_kobo
FROM analytics_campaign_spend
