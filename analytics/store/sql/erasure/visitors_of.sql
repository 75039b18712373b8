-- The browsers in which an account was seen.
SELECT DISTINCT visitor_id FROM analytics_events
WHERE user_id = ANY(%(users)s) AND visitor_id IS NOT NULL
UNION
SELECT visitor_id FROM analytics_identity_links WHERE user_id = ANY(%(users)s)
