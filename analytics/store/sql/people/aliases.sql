-- The aliases of a day, with the person that each is about: of its two ids the one that events name as their user,
-- where only one of them is; else the one that the alias calls the user. SDKs say them in either order.
-- With them come the aliases of other days that made a visitor of an id which this day's events name as their user.
CREATE TEMP TABLE zuka_aliases ON COMMIT DROP AS
WITH mistakable AS (
    SELECT links.event_id AS id, links.linked_at AS occurred_at
    FROM analytics_identity_links AS links
    WHERE links.visitor_id IN (
        SELECT user_id
        FROM analytics_events
        WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
            AND user_id IS NOT NULL AND event_type <> 'user.aliased'
    )
),
chosen AS (
    SELECT id, occurred_at
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND event_type = 'user.aliased'
    UNION
    SELECT id, occurred_at FROM mistakable
),
said AS (
    SELECT
        events.id, events.occurred_at, visitor_id, user_id, coalesce(user_id, visitor_id) AS named,
        CASE WHEN length(previous.id) BETWEEN 1 AND 200 THEN previous.id END AS previous_id
    FROM chosen
    JOIN analytics_events AS events ON events.id = chosen.id AND events.occurred_at = chosen.occurred_at
    CROSS JOIN LATERAL (
        SELECT coalesce(properties ->> 'previous_id', properties ->> 'previousId') AS id
    ) AS previous
    WHERE event_type = 'user.aliased' AND flags <> ALL(%(bot_flags)s)
)
SELECT
    id, occurred_at, visitor_id, named, previous_id,
    CASE
        WHEN EXISTS (
            SELECT FROM analytics_events AS events
            WHERE events.user_id = said.previous_id AND event_type <> 'user.aliased' AND flags <> ALL(%(bot_flags)s)
        ) AND NOT EXISTS (
            SELECT FROM analytics_events AS events
            WHERE events.user_id = said.named AND event_type <> 'user.aliased' AND flags <> ALL(%(bot_flags)s)
        ) THEN previous_id
        ELSE user_id
    END AS person
FROM said
