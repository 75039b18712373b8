-- As it was on the last day of the period that was measured: sizes of days add up to nothing. One row in any case.
WITH latest AS (
    SELECT day, database_bytes, free_bytes
    FROM analytics_disk_use
    WHERE day BETWEEN %(first)s AND %(last)s
    ORDER BY day DESC
    LIMIT 1
),
earlier AS (
    SELECT measured.day, measured.database_bytes
    FROM analytics_disk_use AS measured
    JOIN latest ON measured.day BETWEEN latest.day - 30 AND latest.day
    ORDER BY measured.day
    LIMIT 1
),
growth AS (
    SELECT
        latest.*,
        (latest.database_bytes - earlier.database_bytes)::numeric / nullif(latest.day - earlier.day, 0) AS bytes_a_day
    FROM latest
    CROSS JOIN earlier
)
SELECT
    max(database_bytes)::numeric / 1000000 AS database_mb,
    max(bytes_a_day) / 1000000 AS growth_mb,
    max(free_bytes)::numeric / 1000000 AS free_mb,
    CASE WHEN max(bytes_a_day) > 0 THEN floor(max(free_bytes) / max(bytes_a_day))::bigint END AS days_left
FROM growth
