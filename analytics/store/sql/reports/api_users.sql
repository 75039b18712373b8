-- Who was signed in and what they asked for, as long as requests are kept.
WITH counted AS (
    SELECT
        user_id, count(*) AS requests, count(DISTINCT endpoint) AS endpoints,
        count(*) FILTER (WHERE status BETWEEN 400 AND 499) AS client_errors,
        count(*) FILTER (WHERE status >= 500) AS server_errors,
        avg(ms) AS mean_ms, percentile_disc(0.95) WITHIN GROUP (ORDER BY ms) AS p95_ms, max(created_at) AS last_at
    FROM ledger_api_usage
    WHERE created_at >= %(start)s AND created_at < %(end)s AND user_id IS NOT NULL
    GROUP BY user_id
)
SELECT
    ledger_people.name,
    counted.requests,
    counted.endpoints,
    counted.client_errors,
    counted.server_errors,
    counted.mean_ms,
    counted.p95_ms,
    counted.last_at,
    counted.user_id::text AS person
FROM counted LEFT JOIN ledger_people ON ledger_people.user_id = counted.user_id
ORDER BY counted.requests DESC, person
LIMIT %(limit)s
