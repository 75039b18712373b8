-- Adds the tallies up by hour, key, door and client, and removes them: one statement, so each counts once.
WITH taken AS (
    DELETE FROM analytics_ingest_tallies
    RETURNING
        hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms,
        clock_ms, clocked, last_at
)
INSERT INTO analytics_ingest_hours AS hours (
    hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms, clock_ms,
    clocked, last_at
)
SELECT
    hour, source_key, door, client, sum(received), sum(accepted), sum(duplicate), sum(rejected), sum(dropped),
    sum(bots), sum(skewed), sum(late_ms), sum(clock_ms), sum(clocked), max(last_at)
FROM taken
GROUP BY hour, source_key, door, client
ON CONFLICT (hour, source_key, door, client) DO UPDATE
SET received = hours.received + excluded.received,
    accepted = hours.accepted + excluded.accepted,
    duplicate = hours.duplicate + excluded.duplicate,
    rejected = hours.rejected + excluded.rejected,
    dropped = hours.dropped + excluded.dropped,
    bots = hours.bots + excluded.bots,
    skewed = hours.skewed + excluded.skewed,
    late_ms = hours.late_ms + excluded.late_ms,
    clock_ms = hours.clock_ms + excluded.clock_ms,
    clocked = hours.clocked + excluded.clocked,
    last_at = greatest(hours.last_at, excluded.last_at)
