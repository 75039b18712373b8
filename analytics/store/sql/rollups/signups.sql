-- One day's sign-ups. A person counts once, by their user id wherever one is known for the visitor: the shop's own fact
-- before a client's claim, then the earliest.
WITH signups AS (
    SELECT
        coalesce(events.user_id, links.user_id, events.visitor_id) AS person,
        left(coalesce(properties ->> 'source', 'unknown'), 60) AS source,
        left(coalesce(properties ->> 'platform', platform, 'unknown'), 60) AS platform,
        left(coalesce(properties ->> 'country', country, 'unknown'), 60) AS country,
        flags & %(claimed)s AS is_claim,
        occurred_at,
        id
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND event_type = 'user.created'
),
people AS (
    SELECT DISTINCT ON (person) source, platform, country
    FROM signups
    ORDER BY person, is_claim, occurred_at, id
)
SELECT %(day)s::date AS day, source, platform, country, count(*) AS signups
FROM people
GROUP BY source, platform, country
