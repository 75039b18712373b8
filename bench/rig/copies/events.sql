-- Every event of a span again for each other crowd: the same things at the same moments, done by other people.
INSERT INTO analytics_events (
    id, event_type, source_name, occurred_at, sent_at, received_at, user_id, visitor_id, session_id, platform,
    device_type, os, browser, country, state, city, page_path, screen_name, referrer_url, utm_source, utm_medium,
    utm_campaign, utm_term, utm_content, click_id, product_ref, category, search_query, value_kobo, currency, quantity,
    order_ref, properties, source_key, message_id, ip, flags
)
SELECT
    (left(id::text, 19) || '8' || substr(digest, 1, 3) || '-' || substr(digest, 4, 12))::uuid,
    event_type, source_name, occurred_at, sent_at, received_at,
    md5(user_id || crowd)::uuid::text, visitor_id || crowd, session_id || crowd, platform,
    device_type, os, browser, country, state, city, page_path, screen_name, referrer_url, utm_source, utm_medium,
    utm_campaign, utm_term, utm_content, click_id, product_ref, category, search_query, value_kobo, currency, quantity,
    order_ref || '-' || crowd, properties, source_key, message_id || crowd, ip, flags
FROM analytics_events
CROSS JOIN generate_series(1, %(crowds)s::integer) AS number
CROSS JOIN LATERAL (SELECT md5(id::text || number) AS digest, lpad(to_hex(number), 2, '0') AS crowd) AS named
WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
