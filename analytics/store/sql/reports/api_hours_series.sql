-- Of each day the hour in which 95, or 99, of 100 requests took longest.
WITH days AS (
    SELECT day::date AS bucket FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
slowest AS (
    SELECT zuka_local_day(hour) AS bucket, max(p95_ms) AS p95_ms, max(p99_ms) AS p99_ms
    FROM hourly_api_performance
    WHERE hour >= %(start)s AND hour < %(end)s
        AND (%(endpoint)s = '' OR endpoint = %(endpoint)s)
        AND (%(method)s = '' OR method = %(method)s)
    GROUP BY 1
)
SELECT bucket, p95_ms, p99_ms FROM days LEFT JOIN slowest USING (bucket) ORDER BY bucket
