-- Keeps the measured visits that are not stored, and returns their days.
WITH new AS (
    INSERT INTO analytics_sessions
    SELECT * FROM zuka_visits AS visits
    WHERE NOT EXISTS (SELECT FROM analytics_sessions AS stored WHERE stored.id = visits.id)
    RETURNING day
)
SELECT DISTINCT day FROM new
