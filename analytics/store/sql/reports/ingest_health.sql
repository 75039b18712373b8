-- Each key beside what came in with it on the chosen days; active keys that sent nothing are shown too.
WITH counted AS (
    SELECT
        source_key, sum(received) AS received, sum(accepted) AS accepted, sum(duplicate) AS duplicate,
        sum(rejected) AS rejected, sum(dropped) AS dropped, sum(bots) AS bots, sum(late_ms) AS late_ms,
        sum(clock_ms) AS clock_ms, sum(clocked) AS clocked, max(last_at) AS last_at
    FROM ingest_counts
    WHERE hour >= %(start)s AND hour < %(end)s
    GROUP BY source_key
),
senders AS (
    SELECT source_key, name, is_active FROM ledger_keys
    UNION ALL
    SELECT NULL, 'The shop itself', true
)
SELECT
    coalesce(senders.name, 'A deleted key') AS name,
    coalesce(received, 0)::bigint AS received,
    coalesce(accepted, 0)::bigint AS accepted,
    coalesce(duplicate, 0)::bigint AS duplicate,
    coalesce(rejected, 0)::bigint AS rejected,
    coalesce(dropped, 0)::bigint AS dropped,
    rejected / nullif(received, 0) AS rejected_share,
    coalesce(bots, 0)::bigint AS bots,
    late_ms / nullif(accepted, 0) / 1000 AS late,
    clock_ms / nullif(clocked, 0) / 1000 AS clock,
    counted.last_at,
    (
        SELECT events.message
        FROM analytics_rejected_events AS events
        WHERE counted.rejected > 0
            AND (
                events.source_key = counted.source_key
                OR (events.source_key IS NULL AND counted.source_key IS NULL)
            )
            AND events.received_at >= %(start)s AND events.received_at < %(end)s
        ORDER BY events.received_at DESC
        LIMIT 1
    ) AS last_error
FROM senders FULL JOIN counted
    ON coalesce(senders.source_key::text, '') = coalesce(counted.source_key::text, '')
WHERE counted.last_at IS NOT NULL OR senders.is_active
ORDER BY 2 DESC, 1
LIMIT %(limit)s
