-- The days that were counted, or whose counts were added up to those of a month or year (which stand on its first day,
-- counted or not), since they were last copied; the latest first.
WITH
fills AS (SELECT day, max(filled_at) AS changed_at FROM analytics_fill_state GROUP BY day),
added_up AS (
    SELECT first_day AS day, compacted_at AS changed_at FROM analytics_compacted_periods
    UNION ALL
    SELECT fills.day, periods.compacted_at
    FROM analytics_compacted_periods AS periods
    JOIN fills ON fills.day BETWEEN periods.first_day AND periods.last_day
),
changes AS (
    SELECT day, max(changed_at) AS changed_at
    FROM (TABLE fills UNION ALL TABLE added_up) AS changed
    GROUP BY day
)
SELECT changes.day, changes.changed_at
FROM changes
LEFT JOIN analytics_warehouse_days AS copied ON copied.day = changes.day
WHERE copied.filled_at IS NULL OR copied.filled_at < changes.changed_at
ORDER BY changes.day DESC
LIMIT %(limit)s
