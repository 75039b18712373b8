-- Who did each thing on one day, and when. Whose an event is, as in visitors.sql; events without anybody there are here
-- as well, since a funnel may ask for them. Sorted by hashes, which takes a third of sorting by names.
WITH told AS (
    SELECT
        event_type,
        flags & %(claimed)s <> 0 AS is_claim,
        hashtextextended(event_type, 0) & ~1::bigint | (flags & %(claimed)s <> 0)::integer AS deed,
        hashtextextended(
            coalesce(
                CASE WHEN event_type <> 'user.aliased' THEN events.user_id END,
                links.user_id, events.user_id, events.visitor_id
            ), 0
        ) AS person_key,
        occurred_at, id
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = coalesce(events.visitor_id, events.user_id)
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND coalesce(events.visitor_id, events.user_id) IS NOT NULL
)
SELECT
    %(day)s::date AS day,
    min(event_type) AS event_type,
    bool_or(is_claim) AS is_claim,
    array_agg(person_key ORDER BY person_key, occurred_at, id) AS person_keys,
    array_agg(occurred_at ORDER BY person_key, occurred_at, id) AS moments,
    array_agg(id ORDER BY person_key, occurred_at, id) AS event_ids
FROM told
GROUP BY deed
