-- One day's visits by what led to them; words that are too long for an index are cut.
SELECT
    %(day)s::date AS day,
    coalesce(referrer_host, '') AS referrer_host,
    left(coalesce(utm_source, ''), 100) AS utm_source,
    left(coalesce(utm_medium, ''), 100) AS utm_medium,
    left(coalesce(utm_campaign, ''), 100) AS utm_campaign,
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
