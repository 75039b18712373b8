-- As store/sql/rollups/visitors.sql; the hash of who somebody is comes along with their ids.
SELECT
    CAST({day: }, 'Date') AS day, person, any(key) AS person_key, max(is_known) AS is_known, count() AS events,
    countIf(event_type IN ('page.viewed', 'screen.viewed')) AS page_views,
    min(occurred_at) AS first_at, max(occurred_at) AS last_at
FROM (
    SELECT
        coalesce(if(event_type = 'user.aliased', NULL, user_id), links.linked, user_id, visitor_id) AS person,
        coalesce(if(event_type = 'user.aliased', NULL, user_key), links.linked_key, user_key, visitor_key) AS key,
        coalesce(user_id, links.linked) IS NOT NULL AS is_known,
        event_type, occurred_at
    FROM analytics_events AS events
    LEFT JOIN (
        SELECT visitor_id AS visitor, user_id AS linked, user_key AS linked_key FROM analytics_identity_links
    ) AS links ON links.visitor = coalesce(events.visitor_id, events.user_id)
    WHERE occurred_at >= {start: } AND occurred_at < {end: } AND NOT has({bot_flags: }, flags)
        AND NOT has({not_visits: }, event_type)
) AS people
GROUP BY person
