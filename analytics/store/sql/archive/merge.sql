INSERT INTO analytics_events SELECT * FROM {table} ON CONFLICT (id, occurred_at) DO NOTHING
