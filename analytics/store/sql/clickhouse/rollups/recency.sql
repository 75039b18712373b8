-- As store/sql/rollups/recency.sql: who was there before is found for all people of the day at once.
SELECT CAST({day: }, 'Date') AS day, coalesce(today.day - earlier.day, 0) AS days_away, count() AS visitors
FROM rollup_visitors AS today
LEFT JOIN (
    SELECT person_key, max(before.day) AS day
    FROM rollup_visitors AS before
    WHERE before.day < {day: }
    GROUP BY person_key
) AS earlier ON earlier.person_key = today.person_key
WHERE today.day = {day: }
GROUP BY days_away
