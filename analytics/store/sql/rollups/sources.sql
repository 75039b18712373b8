-- One day's visits by what led to them.
SELECT
    %(day)s::date AS day,
    coalesce(referrer_host, '') AS referrer_host,
    coalesce(utm_source, '') AS utm_source,
    coalesce(utm_medium, '') AS utm_medium,
    coalesce(utm_campaign, '') AS utm_campaign,
    coalesce(currency, %(currency)s) AS currency,
    count(*) AS sessions,
    count(*) FILTER (WHERE is_bounce) AS bounces,
    count(*) FILTER (WHERE has_cart) AS carted,
    count(*) FILTER (WHERE has_order) AS converted,
    sum(orders)::bigint AS orders,
    sum(value_kobo)::bigint AS value_kobo
FROM analytics_sessions
WHERE day = %(day)s AND is_seen
GROUP BY 2, 3, 4, 5, 6
