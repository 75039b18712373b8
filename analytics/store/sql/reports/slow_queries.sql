-- Without comments and parameters. What PostgreSQL does not normalise (COPY, SET and the like) may hold values: only its
-- first words are shown.
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
    calls,
    mean_exec_time AS mean_ms,
    max_exec_time AS max_ms,
    total_exec_time / 1000 AS total_seconds,
    rows::numeric / nullif(calls, 0) AS rows_a_call
FROM statements
WHERE max_exec_time >= 500
ORDER BY total_exec_time DESC, query
LIMIT %(limit)s
