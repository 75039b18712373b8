SELECT
    name,
    started_at,
    CASE WHEN is_overdue THEN 'Overdue' WHEN NOT is_enabled THEN 'Paused' WHEN outcome = 'failed' THEN 'Failed'
        WHEN outcome = 'done' THEN 'Done' ELSE 'Not yet' END AS state,
    seconds,
    every_seconds,
    failures,
    nullif(error, '') AS error,
    why
FROM ledger_jobs
ORDER BY NOT is_overdue, outcome IS DISTINCT FROM 'failed', name
LIMIT %(limit)s
