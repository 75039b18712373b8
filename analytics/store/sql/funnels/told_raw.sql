    SELECT
        hashtextextended(coalesce(
            CASE WHEN event_type <> 'user.aliased' THEN events.user_id END,
            links.user_id, events.user_id, events.visitor_id
        ), 0) AS person_key,
        occurred_at, events.id, {marks}
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = coalesce(events.visitor_id, events.user_id)
    WHERE occurred_at >= %(start)s AND occurred_at < %(until)s AND flags <> ALL(%(bot_flags)s)
        AND event_type = {type} AND ({matches}) AND coalesce(events.visitor_id, events.user_id) IS NOT NULL
