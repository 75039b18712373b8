visitor_id IN (
    SELECT coalesce(visitor_id, user_id) FROM analytics_events
    WHERE occurred_at >= {start:DateTime64(6, 'UTC')} AND occurred_at < {end:DateTime64(6, 'UTC')}
)
