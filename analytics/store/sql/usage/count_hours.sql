-- Counts the hours since a moment again, and writes what differs. Percentiles are those of real requests: 95 of 100 took
-- p95_ms or less. They may be added over nothing; total_ms is for means.
INSERT INTO hourly_api_performance AS stored (
    hour, endpoint, method, requests, client_errors, server_errors, cache_hits,
    total_ms, p50_ms, p95_ms, p99_ms, request_bytes, response_bytes
)
SELECT
    date_trunc('hour', created_at, 'UTC') AS hour,
    endpoint,
    method,
    count(*) AS requests,
    count(*) FILTER (WHERE status BETWEEN 400 AND 499) AS client_errors,
    count(*) FILTER (WHERE status >= 500) AS server_errors,
    count(*) FILTER (WHERE is_cached) AS cache_hits,
    sum(ms) AS total_ms,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50_ms,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY ms) AS p95_ms,
    percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99_ms,
    sum(request_bytes) AS request_bytes,
    coalesce(sum(response_bytes), 0) AS response_bytes
FROM ledger_api_usage
WHERE created_at >= %(since)s
GROUP BY 1, 2, 3
ON CONFLICT (hour, endpoint, method) DO UPDATE SET
    requests = excluded.requests,
    client_errors = excluded.client_errors,
    server_errors = excluded.server_errors,
    cache_hits = excluded.cache_hits,
    total_ms = excluded.total_ms,
    p50_ms = excluded.p50_ms,
    p95_ms = excluded.p95_ms,
    p99_ms = excluded.p99_ms,
    request_bytes = excluded.request_bytes,
    response_bytes = excluded.response_bytes
WHERE stored.requests <> excluded.requests
