-- How many events are a person's.
SELECT count(*) FROM analytics_events
WHERE user_id = ANY(%(users)s) OR user_id IS NULL AND visitor_id = ANY(%(visitors)s)
