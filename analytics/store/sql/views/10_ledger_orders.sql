-- Orders as reports count them. Test and staff orders are never counted; an order cancelled or expired before any
-- payment does not count as placed.
SELECT
    commerce_order.id AS order_id,
    commerce_order.number AS order_ref,
    commerce_order.user_id::text AS user_id,
    commerce_order.visitor_id,
    commerce_order.session_id,
    commerce_order.channel,
    commerce_order.payment_method,
    commerce_order.currency,
    commerce_order.total_kobo,
    commerce_order.status,
    commerce_order.payment_status,
    commerce_order.fulfilment_status,
    commerce_order.placed_at,
    commerce_order.paid_at,
    commerce_order.delivered_at,
    commerce_order.status NOT IN ('cancelled', 'expired') OR commerce_order.paid_at IS NOT NULL AS counts_as_placed
FROM commerce_order
WHERE NOT commerce_order.is_test
