-- The visits of a day as one number: equal before and after exactly when nothing about them changed.
SELECT count(*), coalesce(sum(hashtextextended(analytics_sessions::text, 0)), 0)
FROM analytics_sessions
WHERE day = %(day)s
