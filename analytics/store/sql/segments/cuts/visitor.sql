-- Whose an event is by its visitor alone, whoever was signed in.
SELECT whole.*
FROM {table} AS whole
LEFT JOIN analytics_identity_links AS owners ON owners.visitor_id = coalesce(whole.visitor_id, whole.user_id)
WHERE {belongs}
