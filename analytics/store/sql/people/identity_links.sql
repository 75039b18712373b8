-- Ties the visitors of a day to the first user ever seen with each, and marks the other days of those whose user
-- is new or another one for counting again. An earlier event that comes late takes a link over; a later one never.
WITH told AS (
    SELECT visitor_id, user_id, occurred_at, id
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND visitor_id IS NOT NULL AND user_id IS NOT NULL AND event_type <> 'user.aliased'
    UNION ALL
    SELECT ids.id, person, occurred_at, aliases.id
    FROM zuka_aliases AS aliases
    CROSS JOIN LATERAL (VALUES (visitor_id), (named), (previous_id)) AS ids (id)
    WHERE ids.id <> person
    UNION ALL
    SELECT coalesce(properties ->> 'previous_id', properties ->> 'previousId'), user_id, occurred_at, id
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND event_type = 'user.identified'
        AND length(coalesce(properties ->> 'previous_id', properties ->> 'previousId')) BETWEEN 1 AND 200
        AND user_id IS NOT NULL
),
firsts AS (
    SELECT DISTINCT ON (visitor_id) visitor_id, user_id, occurred_at, id
    FROM told
    ORDER BY visitor_id, occurred_at, id
),
linked AS (
    INSERT INTO analytics_identity_links AS links (visitor_id, user_id, linked_at, event_id)
    SELECT visitor_id, user_id, occurred_at, id FROM firsts
    ON CONFLICT (visitor_id) DO UPDATE
    SET user_id = excluded.user_id, linked_at = excluded.linked_at, event_id = excluded.event_id
    WHERE (excluded.linked_at, excluded.event_id) < (links.linked_at, links.event_id)
    RETURNING visitor_id, user_id
),
-- What the table said before this statement.
changed AS (
    SELECT linked.visitor_id, hashtextextended(coalesce(earlier.user_id, linked.visitor_id), 0) AS was_key
    FROM linked LEFT JOIN analytics_identity_links AS earlier ON earlier.visitor_id = linked.visitor_id
    WHERE earlier.user_id IS DISTINCT FROM linked.user_id
),
days AS (
    SELECT DISTINCT touched.day
    FROM changed
    JOIN analytics_sessions AS sessions ON sessions.visitor = changed.visitor_id
    CROSS JOIN LATERAL (VALUES (sessions.day), (zuka_local_day(sessions.ended_at))) AS touched (day)
    UNION
    -- Orders of theirs are another person's now (rollups/order_attributions.sql).
    SELECT zuka_local_day(moment.at)
    FROM changed
    JOIN ledger_orders ON ledger_orders.visitor_id = changed.visitor_id
    LEFT JOIN ledger_money ON ledger_money.order_id = ledger_orders.order_id
    CROSS JOIN LATERAL (VALUES (ledger_orders.paid_at), (ledger_money.moved_at)) AS moment (at)
    WHERE moment.at IS NOT NULL
    UNION
    -- What happened without anybody there is in no visit.
    SELECT journey_events.day
    FROM changed
    JOIN journey_events ON journey_events.person_key = changed.was_key
    WHERE journey_events.event_type = ANY(%(not_visits)s)
)
INSERT INTO analytics_dirty_days (day, cause)
SELECT day, 'identity' FROM days WHERE day <> %(day)s
