-- Whose visits of the activity day before the turn may change with what happened since the shop's day began: who did
-- something since, or was said to, and all who told of an order, since an order belongs to one visit of its activity day.
CREATE TEMP TABLE zuka_concerned ON COMMIT DROP AS
SELECT coalesce(visitor_id, user_id) AS visitor
FROM analytics_events
WHERE occurred_at >= %(midnight)s AND occurred_at < %(turn)s
UNION
SELECT visitor FROM analytics_sessions
WHERE started_at >= %(start)s AND started_at < %(turn)s AND ended_at >= %(midnight)s
UNION
SELECT coalesce(visitor_id, user_id)
FROM analytics_events
WHERE occurred_at >= %(start)s AND occurred_at < %(turn)s AND event_type = 'order.created'
