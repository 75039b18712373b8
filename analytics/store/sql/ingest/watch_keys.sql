-- Keys that have gone silent, or have more rejected than usual. Usual is the same two hours of the seven days before,
-- and the share rejected in those days; keys with fewer than 20 events in the hours are too quiet to tell.
WITH recent AS (
    SELECT source_key, sum(received) AS received, sum(rejected) AS rejected
    FROM ingest_counts
    WHERE hour >= %(since)s AND hour <= %(until)s
    GROUP BY source_key
),
before AS (
    SELECT
        source_key,
        sum(received) FILTER (
            WHERE (extract(epoch FROM %(until)s::timestamptz - hour)::bigint / 3600) %% 24 < 2
        ) / 7.0 AS usual,
        sum(rejected) / nullif(sum(received), 0) AS share
    FROM ingest_counts
    WHERE hour >= %(since)s - interval '7 days' AND hour < %(since)s
    GROUP BY source_key
)
SELECT
    keys.source_key, keys.name,
    coalesce(recent.received, 0)::bigint AS received, coalesce(recent.rejected, 0)::bigint AS rejected,
    coalesce(before.usual, 0)::float AS usual, coalesce(before.share, 0)::float AS share
FROM ledger_keys AS keys
LEFT JOIN recent ON recent.source_key = keys.source_key
LEFT JOIN before ON before.source_key = keys.source_key
WHERE keys.is_active AND (recent.received >= 20 OR before.usual >= 20)
ORDER BY keys.name, keys.source_key
