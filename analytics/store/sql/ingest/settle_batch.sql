-- After a COPY of prompt events: mark their days for counting, and find those stored before at another time.
-- Ids begin with the client's millisecond, so a batch covers a short range of the displaced ones.
WITH marks AS (
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT day, 'events' FROM unnest(%(days)s::date[]) AS day
)
SELECT id FROM analytics_displaced WHERE id BETWEEN %(first)s AND %(last)s
