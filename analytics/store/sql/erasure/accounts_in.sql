-- The accounts that were seen in browsers, beside a person's own.
SELECT visitor_id, user_id FROM analytics_identity_links
WHERE visitor_id = ANY(%(visitors)s) AND user_id <> ALL(%(users)s)
UNION
SELECT visitor, user_id FROM analytics_sessions
WHERE visitor = ANY(%(visitors)s) AND user_id IS NOT NULL AND user_id <> ALL(%(users)s)
