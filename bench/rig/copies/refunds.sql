-- The refunds of every payment again, for its copies; what was sent back is not.
INSERT INTO commerce_refund
SELECT made.*
FROM commerce_refund AS refunds
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL jsonb_populate_record(refunds, jsonb_build_object(
    'id', refunds.id + copy * %(apart)s::bigint,
    'payment_id', refunds.payment_id + copy * %(apart)s::bigint,
    'request_key', gen_random_uuid(),
    'goods_return_id', NULL
)) AS made
WHERE refunds.payment_id < %(apart)s
