CREATE INDEX ON archived_events (event_type, occurred_at);
CREATE INDEX ON archived_events (user_id, occurred_at);
ANALYZE archived_events
