-- One day's visits by what people held. Only those that a client told of are counted. The funnel is nested: each step
-- was reached after the one before, in the same visit.
SELECT
    %(day)s::date AS day,
    coalesce(platform, '') AS platform,
    coalesce(device_type, '') AS device_type,
    coalesce(country, '') AS country,
    coalesce(currency, %(currency)s) AS currency,
    count(*) AS sessions,
    count(*) FILTER (WHERE is_bounce) AS bounces,
    sum(page_views)::bigint AS page_views,
    sum(duration_seconds)::bigint AS seconds,
    count(viewed_at) AS viewed,
    count(carted_at) AS carted,
    count(checkout_at) AS checked_out,
    count(ordered_at) AS ordered,
    count(*) FILTER (WHERE has_order) AS converted,
    sum(orders)::bigint AS orders,
    sum(value_kobo)::bigint AS value_kobo
FROM analytics_sessions
WHERE day = %(day)s AND is_seen
GROUP BY 2, 3, 4, 5
