-- Secret keys and their requests, as long as those are kept. Requests of customers and of nobody have no key.
WITH counted AS (
    SELECT
        key_id, count(*) AS requests, count(DISTINCT endpoint) AS endpoints,
        count(*) FILTER (WHERE status BETWEEN 400 AND 499) AS client_errors,
        count(*) FILTER (WHERE status = 429) AS limited,
        count(*) FILTER (WHERE status >= 500) AS server_errors,
        count(*) FILTER (WHERE is_cached) AS cached,
        avg(ms) AS mean_ms, percentile_disc(0.95) WITHIN GROUP (ORDER BY ms) AS p95_ms, max(created_at) AS last_at
    FROM ledger_api_usage
    WHERE created_at >= %(start)s AND created_at < %(end)s AND key_id IS NOT NULL
    GROUP BY key_id
)
SELECT
    coalesce(ledger_keys.name, 'A deleted key') AS name,
    counted.requests,
    counted.endpoints,
    counted.client_errors,
    counted.server_errors,
    counted.limited,
    counted.cached::numeric / counted.requests AS cache_share,
    counted.mean_ms,
    counted.p95_ms,
    counted.last_at,
    counted.key_id::text AS key
FROM counted LEFT JOIN ledger_keys ON ledger_keys.source_key = counted.key_id
ORDER BY counted.requests DESC, name, key
LIMIT %(limit)s
