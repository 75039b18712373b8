-- Forgets the stored visits that are not what was measured in zuka_visits, and returns their days. Most of a day that is
-- counted again is as it was: that is not written.
WITH gone AS (
    DELETE FROM analytics_sessions AS stored
    WHERE started_at >= %(start)s AND started_at < %(end)s
        AND (started_at >= %(turn)s OR visitor IN (SELECT visitor FROM zuka_concerned))
        AND NOT EXISTS (
            SELECT FROM zuka_visits AS visits WHERE visits.id = stored.id AND visits IS NOT DISTINCT FROM stored
        )
    RETURNING day
)
SELECT DISTINCT day FROM gone
