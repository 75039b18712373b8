SELECT
    coalesce(sum(requests), 0)::bigint AS requests,
    sum(total_ms) / nullif(sum(requests), 0) AS mean_ms,
    coalesce(sum(client_errors), 0)::bigint AS client_errors,
    coalesce(sum(server_errors), 0)::bigint AS server_errors,
    sum(server_errors) / nullif(sum(requests), 0) AS error_share,
    sum(cache_hits) / nullif(sum(requests), 0) AS cache_share,
    coalesce(sum(cache_hits), 0)::bigint AS cache_hits,
    coalesce(sum(requests - client_errors - server_errors), 0)::bigint AS answered
FROM hourly_api_performance
WHERE hour >= %(start)s AND hour < %(end)s
