SELECT
    coalesce(
        nullif(
            CASE %(by)s WHEN 'source' THEN utm_source WHEN 'medium' THEN utm_medium WHEN 'campaign' THEN utm_campaign
            ELSE concat_ws(' / ', nullif(utm_source, ''), nullif(utm_medium, ''), nullif(utm_campaign, '')) END,
            ''
        ),
        'No campaign'
    ) AS label,
    sum(sessions)::bigint AS sessions,
    sum(bounces) / nullif(sum(sessions), 0) AS bounce_rate,
    coalesce(sum(carted), 0)::bigint AS carted,
    sum(converted) / nullif(sum(sessions), 0) AS conversion,
    coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0)::bigint AS orders,
    coalesce(sum(value_kobo) FILTER (WHERE currency = %(currency)s), 0)::bigint AS value_kobo
FROM rollup_sources
WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT %(limit)s
