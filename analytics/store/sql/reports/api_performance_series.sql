WITH days AS (
    SELECT day::date AS bucket FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
counted AS (
    SELECT
        zuka_local_day(hour) AS bucket, sum(requests - client_errors - server_errors) AS answered,
        sum(client_errors) AS client_errors, sum(server_errors) AS server_errors
    FROM hourly_api_performance
    WHERE hour >= %(start)s AND hour < %(end)s
    GROUP BY 1
)
SELECT
    bucket, coalesce(answered, 0)::bigint AS answered, coalesce(client_errors, 0)::bigint AS client_errors,
    coalesce(server_errors, 0)::bigint AS server_errors
FROM days LEFT JOIN counted USING (bucket)
ORDER BY bucket
