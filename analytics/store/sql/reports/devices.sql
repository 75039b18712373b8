SELECT
    CASE %(by)s WHEN 'device' THEN coalesce(nullif(device_type, ''), 'Unknown')
        WHEN 'country' THEN coalesce(nullif(country, ''), 'Unknown')
        ELSE coalesce(nullif(platform, ''), 'Unknown') END AS label,
    sum(sessions)::bigint AS sessions,
    sum(bounces) / nullif(sum(sessions), 0) AS bounce_rate,
    sum(page_views) / nullif(sum(sessions), 0) AS pages,
    round(sum(seconds) / nullif(sum(sessions), 0))::bigint AS duration,
    sum(converted) / nullif(sum(sessions), 0) AS conversion,
    coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0)::bigint AS orders,
    coalesce(sum(value_kobo) FILTER (WHERE currency = %(currency)s), 0)::bigint AS value_kobo
FROM rollup_sessions
WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT %(limit)s
