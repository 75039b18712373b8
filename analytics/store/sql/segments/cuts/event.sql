-- Whose an event is, as in rollup_visitors.
SELECT whole.*
FROM {table} AS whole
LEFT JOIN analytics_identity_links AS owners ON owners.visitor_id = coalesce(whole.visitor_id, whole.user_id)
WHERE {belongs}
