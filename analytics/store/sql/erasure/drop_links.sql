-- Forgets which browsers were whose.
DELETE FROM analytics_identity_links WHERE visitor_id = ANY(%(was)s) OR user_id = ANY(%(was)s)
