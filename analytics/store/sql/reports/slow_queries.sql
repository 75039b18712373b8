-- Slow ones first, then those that take most of the time. Without comments and parameters. What PostgreSQL does not
-- normalise (COPY, SET and the like) may hold values: only its first words are shown.
WITH statements AS (
    SELECT
        trim(regexp_replace(regexp_replace(query, '--[^\n]*', '', 'g'), '\s+', ' ', 'g')) AS query,
        calls, total_exec_time, mean_exec_time, max_exec_time, rows
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT
    CASE WHEN query ~* '^(select|with|insert|update|delete|merge|refresh)\y' THEN left(query, 600)
        ELSE array_to_string((regexp_split_to_array(query, ' '))[1:2], ' ') || ' …' END AS query,
    CASE WHEN mean_exec_time > 500 THEN 'On average' WHEN max_exec_time > 500 THEN 'At times' END AS state,
    calls,
    mean_exec_time AS mean_ms,
    max_exec_time AS max_ms,
    total_exec_time / 1000 AS total_seconds,
    rows,
    rows::numeric / nullif(calls, 0) AS rows_a_call,
    total_exec_time / nullif(sum(total_exec_time) OVER (), 0) AS share
FROM statements
ORDER BY mean_exec_time > 500 DESC, max_exec_time > 500 DESC, total_exec_time DESC, query
LIMIT %(limit)s
