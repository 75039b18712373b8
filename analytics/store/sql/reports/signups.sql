WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
)
SELECT days.day, coalesce(sum(rollup_signups.signups), 0)::bigint AS signups
FROM days LEFT JOIN rollup_signups ON rollup_signups.day = days.day
GROUP BY days.day
ORDER BY days.day
