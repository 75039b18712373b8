-- One row an id: whoever inserts it first stores the event, a concurrent transaction waits here and then finds it.
INSERT INTO analytics_displaced (id, stored_at)
SELECT id, %(stored_at)s FROM unnest(%(ids)s::uuid[]) AS id ORDER BY id
ON CONFLICT (id) DO NOTHING
RETURNING id
