SELECT
    coalesce(nullif(entry_page, ''), 'Unknown') AS label,
    {landing_measures}
FROM rollup_landings
WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT %(limit)s
