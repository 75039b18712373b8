    SELECT arrayCompact(arrayMap(
        told -> tupleElement(told, 3), arraySort(groupArray((events.occurred_at, events.id, events.event_type)))
    )) AS places
    FROM analytics_sessions AS visits
    JOIN (
        SELECT coalesce(visitor_id, user_id) AS visitor, occurred_at, id, event_type
        FROM analytics_events
        WHERE occurred_at >= {{start: }} AND occurred_at < {{end: }} + INTERVAL 1 DAY
            AND NOT has({{bot_flags: }}, flags) AND NOT has({{not_visits: }}, event_type)
    ) AS events ON events.visitor = visits.visitor
    WHERE visits.started_at >= {{start: }} AND visits.started_at < {{end: }} AND visits.is_seen
        AND events.occurred_at >= visits.started_at AND events.occurred_at <= visits.ended_at
    GROUP BY visits.id
