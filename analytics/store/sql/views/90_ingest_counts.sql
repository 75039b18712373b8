-- What came in, by hour of arrival: the hours that are added up, and the tallies that are not yet.
SELECT hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms, clock_ms,
    clocked, last_at
FROM analytics_ingest_hours
UNION ALL
SELECT hour, source_key, door, client, received, accepted, duplicate, rejected, dropped, bots, skewed, late_ms, clock_ms,
    clocked, last_at
FROM analytics_ingest_tallies
