-- What became of each order, step by step, with what the order came to where that says something.
SELECT commerce_order.id AS order_id, commerce_order.number AS order_ref, commerce_order.currency,
    steps.what, steps.happened_at, steps.kobo
FROM commerce_order
CROSS JOIN LATERAL (
    VALUES
        ('Order placed', commerce_order.placed_at, commerce_order.total_kobo),
        ('Order sent', commerce_order.shipped_at, NULL),
        ('Order delivered', commerce_order.delivered_at, NULL),
        ('Order cancelled', commerce_order.cancelled_at, NULL)
) AS steps (what, happened_at, kobo)
WHERE steps.happened_at IS NOT NULL
