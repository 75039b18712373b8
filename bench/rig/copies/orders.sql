-- Every order again for each other crowd.
INSERT INTO commerce_order
SELECT made.*
FROM commerce_order AS orders
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL (SELECT lpad(to_hex(copy), 2, '0') AS crowd) AS named
CROSS JOIN LATERAL jsonb_populate_record(orders, jsonb_build_object(
    'id', orders.id + copy * %(apart)s::bigint,
    'number', orders.number || '-' || crowd,
    'user_id', md5(orders.user_id::text || crowd)::uuid,
    'visitor_id', orders.visitor_id || crowd,
    'session_id', orders.session_id || crowd,
    'guest_email', crowd || nullif(orders.guest_email, ''),
    'guest_phone', orders.guest_phone || crowd,
    'idempotency_key', NULL,
    'cart_id', NULL
)) AS made
