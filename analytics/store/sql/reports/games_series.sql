-- The plays of every day.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
played AS (
    SELECT zuka_local_day(started_at) AS day, count(*) AS plays
    FROM ledger_plays
    WHERE started_at >= %(start)s AND started_at < %(end)s
    GROUP BY 1
)
SELECT days.day AS bucket, coalesce(played.plays, 0) AS plays
FROM days LEFT JOIN played ON played.day = days.day
ORDER BY days.day
