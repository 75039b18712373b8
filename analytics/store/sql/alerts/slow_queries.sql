-- Statements of this database that take longer than half a second on average, the slowest first.
SELECT
    left(trim(regexp_replace(regexp_replace(query, '--[^\n]*', '', 'g'), '\s+', ' ', 'g')), 120) AS query,
    round(mean_exec_time)::int AS mean_ms,
    calls
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mean_exec_time > 500
    AND query ~* '^\s*(--[^\n]*\s*)*(select|with|insert|update|delete|merge|refresh)\y'
ORDER BY mean_exec_time DESC, query
LIMIT 20
