-- One day's orders and money, from the ledger alone: each fact on its own day.
WITH facts AS (
    SELECT
        currency, payment_method, channel, 1 AS placed_orders, subtotal_kobo AS gross_kobo, discount_kobo,
        shipping_kobo, tax_kobo, total_kobo AS placed_kobo, 0 AS paid_orders, 0::bigint AS captured_kobo,
        0::bigint AS refunded_kobo, 0 AS delivered_orders, 0::bigint AS delivered_kobo
    FROM ledger_orders
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed
    UNION ALL
    SELECT currency, payment_method, channel, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0
    FROM ledger_orders
    WHERE paid_at >= %(start)s AND paid_at < %(end)s
    UNION ALL
    SELECT currency, payment_method, channel, 0, 0, 0, 0, 0, 0, 0, amount_kobo, 0, 0, 0
    FROM ledger_payments
    WHERE captured_at >= %(start)s AND captured_at < %(end)s
    UNION ALL
    SELECT currency, payment_method, channel, 0, 0, 0, 0, 0, 0, 0, 0, amount_kobo, 0, 0
    FROM ledger_refunds
    WHERE refunded_at >= %(start)s AND refunded_at < %(end)s
    UNION ALL
    SELECT currency, payment_method, channel, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, worth_kobo
    FROM ledger_orders
    WHERE delivered_at >= %(start)s AND delivered_at < %(end)s AND status <> 'cancelled'
)
SELECT
    %(day)s::date AS day,
    currency,
    payment_method,
    channel,
    sum(placed_orders)::bigint AS placed_orders,
    sum(gross_kobo)::bigint AS gross_kobo,
    sum(discount_kobo)::bigint AS discount_kobo,
    sum(shipping_kobo)::bigint AS shipping_kobo,
    sum(tax_kobo)::bigint AS tax_kobo,
    sum(placed_kobo)::bigint AS placed_kobo,
    sum(paid_orders)::bigint AS paid_orders,
    sum(captured_kobo)::bigint AS captured_kobo,
    sum(refunded_kobo)::bigint AS refunded_kobo,
    sum(delivered_orders)::bigint AS delivered_orders,
    sum(delivered_kobo)::bigint AS delivered_kobo
FROM facts
GROUP BY currency, payment_method, channel
