-- Counts of what came in, without events: requests all of whose events were rejected, and corrections.
INSERT INTO analytics_ingest_tallies (
    hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms, clock_ms,
    clocked, last_at
)
SELECT
    hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms, clock_ms,
    clocked, last_at
FROM jsonb_populate_recordset(NULL::analytics_ingest_tallies, %(tallies)s::jsonb)
