SELECT
    coalesce(nullif(referrer_host, ''), 'Direct or unknown') AS label,
    {referrer_measures}
FROM rollup_sources
WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT %(limit)s
