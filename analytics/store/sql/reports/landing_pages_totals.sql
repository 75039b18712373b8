SELECT
    {landing_measures}
FROM rollup_landings
WHERE day BETWEEN %(first)s AND %(last)s
