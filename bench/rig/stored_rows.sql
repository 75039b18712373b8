-- Rows as shops have them, for a table to grow by: a share of a month of events, in the order of their times.
INSERT INTO analytics_events (
    id, event_type, source_name, occurred_at, sent_at, received_at, visitor_id, session_id, platform, device_type, os,
    browser, page_path, utm_source, product_ref, value_kobo, currency, properties, source_key, message_id, ip, flags
)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '8' || substr(digest, 1, 3) || '8'
        || substr(digest, 4, 15))::uuid,
    CASE WHEN number %% 2 = 0 THEN 'page.viewed' ELSE 'product.viewed' END, 'page', at, at, at,
    substr(digest, 1, 8) || '-4b1d-4c0e-9a3f-3d2f6a51c0de', substr(digest, 1, 16), 'web', 'mobile', 'Android', 'Chrome',
    '/dresses', 'ig', CASE WHEN number %% 2 = 1 THEN 'prd_' || number %% 200 END,
    CASE WHEN number %% 2 = 1 THEN 1850000 END, CASE WHEN number %% 2 = 1 THEN 'NGN' END,
    jsonb_build_object('path', '/dresses', 'title', 'Shop', 'price', 18500, 'place', number), %(key)s,
    'stored-' || number, '10.0.0.0', 0
FROM (
    SELECT
        number, md5(number::text) AS digest,
        %(start)s::timestamptz + (%(end)s::timestamptz - %(start)s::timestamptz) * ((number - %(first)s)::float8
            / %(rows)s) AS at
    FROM generate_series(%(first)s, %(first)s + %(rows)s - 1) AS number
) AS rows
