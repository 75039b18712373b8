-- A person's events, the oldest first.
SELECT * FROM analytics_events
WHERE user_id = ANY(%(users)s) OR user_id IS NULL AND visitor_id = ANY(%(visitors)s)
ORDER BY occurred_at, id
