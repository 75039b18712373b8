SELECT
    hour, endpoint, method, requests, p50_ms, p95_ms, p99_ms, total_ms / nullif(requests, 0) AS mean_ms,
    client_errors, server_errors, cache_hits
FROM hourly_api_performance
WHERE hour >= %(start)s AND hour < %(end)s
    AND (%(endpoint)s = '' OR endpoint = %(endpoint)s)
    AND (%(method)s = '' OR method = %(method)s)
ORDER BY hour DESC, requests DESC, endpoint, method
LIMIT %(limit)s
