SELECT
    coalesce(nullif(client, ''), 'Not said') AS client,
    door,
    count(DISTINCT source_key) AS keys,
    sum(received)::bigint AS received,
    sum(accepted)::bigint AS accepted,
    sum(duplicate)::bigint AS duplicate,
    sum(rejected)::bigint AS rejected,
    sum(dropped)::bigint AS dropped,
    sum(late_ms) / nullif(sum(accepted), 0) / 1000 AS late,
    sum(clock_ms) / nullif(sum(clocked), 0) / 1000 AS clock,
    max(last_at) AS last_at
FROM ingest_counts
WHERE hour >= %(start)s AND hour < %(end)s
GROUP BY 1, 2
ORDER BY received DESC, 1, 2
LIMIT %(limit)s
