-- One day's visits by the page or screen they began with.
SELECT
    %(day)s::date AS day,
    coalesce(entry_page, '') AS entry_page,
    coalesce(currency, %(currency)s) AS currency,
    count(*) AS sessions,
    count(*) FILTER (WHERE is_bounce) AS bounces,
    sum(page_views)::bigint AS page_views,
    count(*) FILTER (WHERE has_order) AS converted,
    sum(orders)::bigint AS orders,
    sum(value_kobo)::bigint AS value_kobo
FROM analytics_sessions
WHERE day = %(day)s AND is_seen
GROUP BY 2, 3
