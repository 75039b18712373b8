-- Growth is that of the last 30 days that were measured; what shrinks or stands still lasts for ever, so it is empty.
WITH measured AS (
    SELECT
        day, database_bytes, free_bytes,
        first_value(day) OVER recent AS first_day,
        first_value(database_bytes) OVER recent AS first_bytes
    FROM analytics_disk_use
    WINDOW recent AS (ORDER BY day RANGE BETWEEN interval '30 days' PRECEDING AND CURRENT ROW)
),
growth AS (
    SELECT *, (database_bytes - first_bytes)::numeric / nullif(day - first_day, 0) AS bytes_a_day FROM measured
)
SELECT
    day,
    database_bytes::numeric / 1000000 AS database_mb,
    bytes_a_day / 1000000 AS growth_mb,
    free_bytes::numeric / 1000000 AS free_mb,
    CASE WHEN bytes_a_day > 0 THEN floor(free_bytes / bytes_a_day)::bigint END AS days_left
FROM growth
WHERE day BETWEEN %(first)s AND %(last)s
ORDER BY day
