-- The months that end before a day in which something was counted, and that are in no compacted period.
SELECT DISTINCT date_trunc('month', fills.day)::date AS month
FROM analytics_fill_state AS fills
WHERE fills.rollup = ANY(%(rollups)s::text[]) AND fills.rows > 0 AND fills.day < %(before)s
    AND NOT EXISTS (
        SELECT FROM analytics_compacted_periods AS periods
        WHERE fills.day BETWEEN periods.first_day AND periods.last_day
    )
ORDER BY month
