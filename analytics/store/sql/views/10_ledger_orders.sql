-- Orders as reports count them. Test and staff orders are never counted; an order cancelled or expired before any
-- payment does not count as placed. `total_kobo` stays what was placed; `worth_kobo` is without the pieces that were
-- cancelled or refused since: what was paid for them leaves by its refund, on the day that went.
SELECT
    commerce_order.id AS order_id,
    commerce_order.number AS order_ref,
    commerce_order.user_id::text AS user_id,
    commerce_order.visitor_id,
    commerce_order.session_id,
    commerce_order.channel,
    commerce_order.payment_method,
    commerce_order.currency,
    commerce_order.subtotal_kobo,
    commerce_order.discount_kobo,
    commerce_order.points_kobo,
    commerce_order.shipping_kobo,
    commerce_order.tax_kobo,
    commerce_order.total_kobo,
    commerce_order.status,
    commerce_order.payment_status,
    commerce_order.fulfilment_status,
    commerce_order.placed_at,
    commerce_order.paid_at,
    commerce_order.shipped_at,
    commerce_order.delivered_at,
    commerce_order.status NOT IN ('cancelled', 'expired') OR commerce_order.paid_at IS NOT NULL AS counts_as_placed,
    commerce_order.total_kobo - commerce_order.taken_off_kobo AS worth_kobo,
    -- Who bought: an account, else the guest's e-mail, else their phone, else nobody that is known again.
    coalesce(
        commerce_order.user_id::text,
        nullif(lower(commerce_order.guest_email), ''),
        nullif(commerce_order.guest_phone, ''),
        commerce_order.number
    ) AS customer,
    coalesce(nullif(commerce_order.shipping_address ->> 'state', ''), 'Not known') AS state
FROM commerce_order
WHERE NOT commerce_order.is_test
