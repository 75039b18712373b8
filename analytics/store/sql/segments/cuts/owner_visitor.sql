coalesce(owners.user_id, whole.visitor_id, whole.user_id)
