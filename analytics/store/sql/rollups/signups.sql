-- One day's sign-ups. A person counts once: the shop's own fact before a client's claim, then the earliest.
WITH people AS (
    SELECT DISTINCT ON (coalesce(user_id, visitor_id))
        coalesce(properties ->> 'source', 'unknown') AS source,
        coalesce(properties ->> 'platform', platform, 'unknown') AS platform,
        coalesce(properties ->> 'country', country, 'unknown') AS country
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s) AND event_type = 'user.created'
    ORDER BY coalesce(user_id, visitor_id), flags & %(claimed)s, occurred_at, id
)
SELECT %(day)s::date AS day, source, platform, country, count(*) AS signups
FROM people
GROUP BY source, platform, country
