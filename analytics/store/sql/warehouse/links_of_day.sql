visitor_id IN (
    SELECT coalesce(visitor_id, user_id) FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
)
