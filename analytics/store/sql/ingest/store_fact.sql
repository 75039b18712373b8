-- A fact of the shop, its claim, its day and its count at once. Whoever claims its id first stores it; a concurrent
-- transaction waits there, and gets no row: its event was stored before.
WITH claimed AS (
    INSERT INTO analytics_displaced (id, stored_at)
    VALUES (%(id)s, %(stored_at)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING id
),

stored AS (
    INSERT INTO analytics_events ({columns})
    SELECT {values}
    FROM claimed
    CROSS JOIN jsonb_populate_record(NULL::analytics_events, %(event)s::jsonb) AS event
),

marks AS (
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT %(day)s, 'events' FROM claimed
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

SELECT id FROM claimed
