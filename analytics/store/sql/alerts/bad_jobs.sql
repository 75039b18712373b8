SELECT name, is_overdue, error
FROM ledger_jobs
WHERE is_enabled AND (is_overdue OR outcome = 'failed')
ORDER BY name
