-- Ties the random ids of browsers to the account's random one, as their own were.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes))
INSERT INTO analytics_identity_links (visitor_id, user_id, linked_at, event_id)
SELECT coalesce(visitors.becomes, links.visitor_id), coalesce(users.becomes, links.user_id), linked_at, event_id
FROM analytics_identity_links AS links
LEFT JOIN ids AS visitors ON visitors.was = links.visitor_id
LEFT JOIN ids AS users ON users.was = links.user_id
WHERE visitors.was IS NOT NULL OR users.was IS NOT NULL
ON CONFLICT (visitor_id) DO NOTHING
