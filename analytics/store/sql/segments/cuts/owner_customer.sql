coalesce(owners.person, whole.customer_id)
