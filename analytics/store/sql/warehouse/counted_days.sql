-- The days that were counted since they were last copied, the latest first.
SELECT fills.day, fills.filled_at
FROM (SELECT day, max(filled_at) AS filled_at FROM analytics_fill_state GROUP BY day) AS fills
LEFT JOIN analytics_warehouse_days AS copied ON copied.day = fills.day
WHERE copied.filled_at IS NULL OR copied.filled_at < fills.filled_at
ORDER BY fills.day DESC
LIMIT %(limit)s
