coalesce(
    CASE WHEN whole.event_type <> 'user.aliased' THEN whole.user_id END,
    owners.user_id, whole.user_id, whole.visitor_id
)
