    SELECT visit, number, place
    FROM (
        SELECT
            visits.visit, row_number() OVER in_order AS number, event_type AS place,
            lag(event_type) OVER in_order AS before
        FROM visits
        JOIN analytics_events AS events ON coalesce(events.visitor_id, events.user_id) = visits.visitor
            AND events.occurred_at >= visits.started_at AND events.occurred_at <= visits.ended_at
        WHERE events.occurred_at >= %(start)s AND events.occurred_at < %(end)s + interval '1 day'
            AND flags <> ALL(%(bot_flags)s) AND NOT event_type = ANY(%(not_visits)s)
        WINDOW in_order AS (PARTITION BY visits.visit ORDER BY events.occurred_at, events.id)
    ) AS told
    WHERE place IS DISTINCT FROM before
