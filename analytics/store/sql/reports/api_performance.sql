-- Routes and methods over the days, by the hours they are counted in. Percentiles of hours cannot be added: of them the
-- slowest hour is told.
SELECT
    endpoint,
    method,
    sum(requests)::bigint AS requests,
    sum(total_ms) / nullif(sum(requests), 0) AS mean_ms,
    max(p95_ms) AS worst_p95_ms,
    max(p99_ms) AS worst_p99_ms,
    sum(client_errors)::bigint AS client_errors,
    sum(server_errors)::bigint AS server_errors,
    sum(server_errors) / nullif(sum(requests), 0) AS error_share,
    sum(cache_hits) / nullif(sum(requests), 0) AS cache_share,
    sum(cache_hits)::bigint AS cache_hits,
    sum(requests - client_errors - server_errors)::bigint AS answered
FROM hourly_api_performance
WHERE hour >= %(start)s AND hour < %(end)s
GROUP BY endpoint, method
ORDER BY requests DESC, endpoint, method
LIMIT %(limit)s
