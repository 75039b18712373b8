-- The payments of every order again, for its copies.
INSERT INTO commerce_payment
SELECT made.*
FROM commerce_payment AS payments
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL jsonb_populate_record(payments, jsonb_build_object(
    'id', payments.id + copy * %(apart)s::bigint,
    'order_id', payments.order_id + copy * %(apart)s::bigint,
    'reference', payments.reference || '-crowd-' || copy,
    'user_id', md5(payments.user_id::text || lpad(to_hex(copy), 2, '0'))::uuid
)) AS made
WHERE payments.order_id < %(apart)s
