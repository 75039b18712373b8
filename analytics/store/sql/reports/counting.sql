-- Rollups by their latest fill, with the days that wait; views by their latest refresh.
WITH filled AS (
    SELECT DISTINCT ON (rollup) rollup, filled_at, seconds, rows
    FROM analytics_fill_state ORDER BY rollup, filled_at DESC
),
refreshed AS (
    SELECT DISTINCT ON (view) view, started_at, seconds, rows, outcome, message
    FROM analytics_refresh_runs ORDER BY view, started_at DESC, id DESC
),
waiting AS (
    SELECT count(DISTINCT day) AS days, min(marked_at) AS since FROM analytics_dirty_days
)
SELECT 'Days waiting to be counted' AS name, 'Fill' AS kind, NULL::timestamptz AS last_at, NULL::float AS seconds,
    NULL::bigint AS rows, CASE WHEN days > 0 THEN 'Waiting' ELSE 'Done' END AS state, days, since, NULL AS message
FROM waiting
UNION ALL
SELECT rollup, 'Rollup', filled_at, seconds, rows, 'Done', NULL, NULL, NULL FROM filled
UNION ALL
SELECT view, 'View', started_at, seconds, rows,
    CASE outcome WHEN 'done' THEN 'Done' WHEN 'busy' THEN 'Another was running' ELSE 'Failed' END, NULL, NULL,
    nullif(message, '')
FROM refreshed
ORDER BY 2, 1
