SELECT
    {visit_measures}
FROM rollup_sessions
WHERE day BETWEEN %(first)s AND %(last)s
