WITH counted AS (
    SELECT sum(accepted) AS accepted, sum(rejected) AS rejected, max(last_at) AS last_at
    FROM ingest_counts
    WHERE source_key = %(key)s
)
SELECT
    coalesce(accepted, 0)::bigint, coalesce(rejected, 0)::bigint, last_at,
    (
        SELECT message FROM analytics_rejected_events
        WHERE source_key = %(key)s
        ORDER BY received_at DESC LIMIT 1
    )
FROM counted
