SELECT
    {referrer_measures}
FROM rollup_sources
WHERE day BETWEEN %(first)s AND %(last)s
