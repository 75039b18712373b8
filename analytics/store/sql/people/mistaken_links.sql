-- Takes back links that an alias gave before it was known which of its ids is the user, and marks the days of the
-- visitors that had them.
WITH mistaken AS (
    DELETE FROM analytics_identity_links AS links
    USING zuka_aliases AS aliases CROSS JOIN LATERAL (
        VALUES (aliases.visitor_id), (aliases.named), (aliases.previous_id)
    ) AS ids (id)
    WHERE links.visitor_id = ids.id AND links.event_id = aliases.id AND links.linked_at = aliases.occurred_at
        AND links.user_id IS DISTINCT FROM aliases.person
    RETURNING links.visitor_id
)
INSERT INTO analytics_dirty_days (day, cause)
SELECT DISTINCT touched.day, 'identity'
FROM mistaken
JOIN analytics_sessions AS sessions ON sessions.visitor = mistaken.visitor_id
CROSS JOIN LATERAL (VALUES (sessions.day), (zuka_local_day(sessions.ended_at))) AS touched (day)
WHERE touched.day <> %(day)s
