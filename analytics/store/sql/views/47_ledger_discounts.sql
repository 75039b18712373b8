-- The parts of each counted order's discount: what each coupon took off, what points paid for, and what
-- neither explains.
SELECT
    ledger_orders.order_id,
    ledger_orders.placed_at,
    ledger_orders.counts_as_placed,
    ledger_orders.currency,
    commerce_coupon.code,
    commerce_coupon.name,
    commerce_coupon_redemption.discount_kobo
FROM commerce_coupon_redemption
JOIN ledger_orders ON ledger_orders.order_id = commerce_coupon_redemption.order_id
JOIN commerce_coupon ON commerce_coupon.id = commerce_coupon_redemption.coupon_id
UNION ALL
SELECT
    ledger_orders.order_id,
    ledger_orders.placed_at,
    ledger_orders.counts_as_placed,
    ledger_orders.currency,
    'Without a code',
    NULL,
    ledger_orders.discount_kobo - ledger_orders.points_kobo - coalesce(redeemed.kobo, 0)
FROM ledger_orders
LEFT JOIN LATERAL (
    SELECT sum(commerce_coupon_redemption.discount_kobo)::bigint AS kobo
    FROM commerce_coupon_redemption
    WHERE commerce_coupon_redemption.order_id = ledger_orders.order_id
) AS redeemed ON true
WHERE ledger_orders.discount_kobo - ledger_orders.points_kobo <> coalesce(redeemed.kobo, 0)
UNION ALL
SELECT order_id, placed_at, counts_as_placed, currency, 'Points', 'Paid with points', points_kobo
FROM ledger_orders
WHERE points_kobo > 0
