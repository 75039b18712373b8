-- Who did it so often within the days, bots left out; whose an event is, as in rollup_visitors.
SELECT
    coalesce(
        CASE WHEN events.event_type <> 'user.aliased' THEN events.user_id END,
        links.user_id, events.user_id, events.visitor_id
    ) AS person
FROM analytics_events AS events
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = coalesce(events.visitor_id, events.user_id)
WHERE events.occurred_at >= {since} AND events.event_type = {event} AND events.flags <> ALL({bot_flags})
    AND {matches}
    AND coalesce(events.visitor_id, events.user_id) IS NOT NULL
GROUP BY 1
HAVING count(*) >= {times}
