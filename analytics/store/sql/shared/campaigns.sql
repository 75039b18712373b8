facts AS (
    SELECT
        {campaign_label} AS label,
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
)
