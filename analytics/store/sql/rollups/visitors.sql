-- Who was there on one day: a user where known, also for what the same visitor did before signing in, on any day.
-- Events that happen without anybody there (an order is shipped) are no visit.
WITH visits AS (
    SELECT
        -- An alias may call the visitor its user (people/identity.py), so its word counts last.
        CASE WHEN event_type <> 'user.aliased' THEN user_id END AS user_id, user_id AS aliased,
        coalesce(visitor_id, user_id) AS visitor, event_type, occurred_at
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND NOT event_type = ANY(%(not_visits)s)
),
people AS (
    SELECT
        coalesce(visits.user_id, links.user_id, visits.aliased, visits.visitor) AS person,
        coalesce(visits.user_id, links.user_id, visits.aliased) IS NOT NULL AS is_known,
        visits.event_type,
        visits.occurred_at
    FROM visits LEFT JOIN analytics_identity_links AS links ON links.visitor_id = visits.visitor
)
SELECT
    %(day)s::date AS day,
    person,
    hashtextextended(person, 0) AS person_key,
    bool_or(is_known) AS is_known,
    count(*) AS events,
    count(*) FILTER (WHERE event_type IN ('page.viewed', 'screen.viewed')) AS page_views,
    min(occurred_at) AS first_at,
    max(occurred_at) AS last_at
FROM people
GROUP BY person
