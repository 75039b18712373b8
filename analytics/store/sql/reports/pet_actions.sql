SELECT
    initcap(replace(tool, '_', ' ')) AS tool,
    count(*) AS actions,
    count(*) FILTER (WHERE status = 'done') AS done,
    count(*) FILTER (WHERE status = 'refused') AS refused,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status = 'declined') AS declined,
    count(*) FILTER (WHERE status IN ('waiting', 'expired')) AS unanswered,
    count(*) FILTER (WHERE status = 'done')
        / nullif(count(*) FILTER (WHERE status IN ('done', 'refused', 'failed')), 0)::numeric AS success
FROM ledger_pet_actions
WHERE created_at >= %(start)s AND created_at < %(end)s
GROUP BY tool
ORDER BY actions DESC, tool
LIMIT %(limit)s
