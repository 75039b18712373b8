-- Takes back links that an alias gave before it was known which of its ids is the user, and marks the days of the
-- visitors that had them.
WITH mistaken AS (
    DELETE FROM analytics_identity_links AS links
    USING zuka_aliases AS aliases CROSS JOIN LATERAL (
        VALUES (aliases.visitor_id), (aliases.named), (aliases.previous_id)
    ) AS ids (id)
    WHERE links.visitor_id = ids.id AND links.event_id = aliases.id AND links.linked_at = aliases.occurred_at
        AND links.user_id IS DISTINCT FROM aliases.person
    RETURNING links.visitor_id, hashtextextended(links.user_id, 0) AS was_key
),
days AS (
    SELECT touched.day
    FROM mistaken
    JOIN analytics_sessions AS sessions ON sessions.visitor = mistaken.visitor_id
    CROSS JOIN LATERAL (VALUES (sessions.day), (zuka_local_day(sessions.ended_at))) AS touched (day)
    UNION
    SELECT zuka_local_day(moment.at)
    FROM mistaken
    JOIN ledger_orders ON ledger_orders.visitor_id = mistaken.visitor_id
    LEFT JOIN ledger_money ON ledger_money.order_id = ledger_orders.order_id
    CROSS JOIN LATERAL (VALUES (ledger_orders.paid_at), (ledger_money.moved_at)) AS moment (at)
    WHERE moment.at IS NOT NULL
    UNION
    SELECT journey_events.day
    FROM mistaken
    JOIN journey_events ON journey_events.person_key = mistaken.was_key
    WHERE journey_events.event_type = ANY(%(not_visits)s)
)
INSERT INTO analytics_dirty_days (day, cause)
SELECT day, 'identity' FROM days WHERE day <> %(day)s
