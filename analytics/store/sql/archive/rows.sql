-- The events of a day as they are archived: by type, so that a report reads the parts of a file that have its types.
SELECT {columns}
FROM {table}
WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
ORDER BY event_type, occurred_at, id
