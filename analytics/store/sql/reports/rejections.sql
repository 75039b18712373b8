SELECT
    initcap(replace(events.reason, '_', ' ')) AS reason,
    coalesce(nullif(left(events.source_name, 100), ''), 'No name') AS source_name,
    coalesce(keys.name, CASE WHEN events.source_key IS NULL THEN 'The shop itself' ELSE 'A deleted key' END) AS key,
    events.door,
    count(*) AS rejected,
    count(events.replayed_at) AS replayed,
    max(events.message) AS message,
    max(events.received_at) AS last_at
FROM analytics_rejected_events AS events
LEFT JOIN ledger_keys AS keys ON keys.source_key = events.source_key
WHERE events.received_at >= %(start)s AND events.received_at < %(end)s
GROUP BY 1, 2, 3, 4
ORDER BY rejected DESC, 1, 2, 3, 4
LIMIT %(limit)s
