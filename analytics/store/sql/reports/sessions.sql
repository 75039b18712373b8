WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
)
SELECT
    days.day,
    {visit_measures}
FROM days LEFT JOIN rollup_sessions ON rollup_sessions.day = days.day
GROUP BY days.day
ORDER BY days.day
