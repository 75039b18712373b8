-- After a COPY of prompt events: mark their days for counting, add the counts of what came in, and find those stored
-- before at another time. Ids begin with the client's millisecond, so a batch covers a short range of the displaced.
WITH marks AS (
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT day, %(cause)s FROM unnest(%(days)s::date[]) AS day
),
counted AS (
    INSERT INTO analytics_ingest_tallies (
        hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms,
        clock_ms, clocked, last_at
    )
    SELECT
        hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms,
        clock_ms, clocked, last_at
    FROM jsonb_populate_recordset(NULL::analytics_ingest_tallies, %(tallies)s::jsonb)
)
SELECT id FROM analytics_displaced WHERE id BETWEEN %(first)s AND %(last)s
