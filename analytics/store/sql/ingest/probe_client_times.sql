-- An earlier attempt may have stored the event at its client's time. A read would not see one that is being
-- written now; an insert waits for it. What is inserted here is deleted again in the same transaction.
INSERT INTO analytics_events (id, occurred_at, event_type, source_name, received_at, properties, flags)
SELECT id, occurred_at, 'probe', 'probe', occurred_at, '{}', 0
FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS probe (id, occurred_at)
ORDER BY id
ON CONFLICT (id, occurred_at) DO NOTHING
RETURNING id
