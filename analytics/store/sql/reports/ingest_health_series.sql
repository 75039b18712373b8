WITH days AS (
    SELECT day::date AS bucket FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
counted AS (
    SELECT
        zuka_local_day(hour) AS bucket, sum(accepted) AS accepted, sum(duplicate) AS duplicate,
        sum(rejected) AS rejected, sum(dropped) AS dropped
    FROM ingest_counts
    WHERE hour >= %(start)s AND hour < %(end)s
    GROUP BY 1
)
SELECT
    bucket, coalesce(accepted, 0)::bigint AS accepted, coalesce(duplicate, 0)::bigint AS duplicate,
    coalesce(rejected, 0)::bigint AS rejected, coalesce(dropped, 0)::bigint AS dropped
FROM days LEFT JOIN counted USING (bucket)
ORDER BY bucket
