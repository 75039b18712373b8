SELECT
    CASE %(by)s WHEN 'device' THEN coalesce(nullif(device_type, ''), 'Unknown')
        WHEN 'country' THEN coalesce(nullif(country, ''), 'Unknown')
        ELSE coalesce(nullif(platform, ''), 'Unknown') END AS label,
    {visit_measures}
FROM rollup_sessions
WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT %(limit)s
