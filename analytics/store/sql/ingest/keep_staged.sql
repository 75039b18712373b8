INSERT INTO analytics_events SELECT * FROM staged_events ORDER BY id, occurred_at
ON CONFLICT (id, occurred_at) DO NOTHING
RETURNING id
