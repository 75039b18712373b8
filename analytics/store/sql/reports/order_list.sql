-- One page of orders behind a figure, newest first: the same conditions as the figures have, so they add up to them.
-- Of the three moments only the chosen one is looked for; the others cost nothing.
WITH listed AS (
    SELECT order_id, placed_at AS moment FROM ledger_orders
    WHERE %(moment)s = 'placed' AND placed_at >= %(start)s AND placed_at <= %(before)s
        AND (counts_as_placed OR %(cash)s <> '')
    UNION ALL
    SELECT order_id, paid_at FROM ledger_orders
    WHERE %(moment)s = 'paid' AND paid_at >= %(start)s AND paid_at <= %(before)s
    UNION ALL
    SELECT order_id, delivered_at FROM ledger_orders
    WHERE %(moment)s = 'delivered' AND delivered_at >= %(start)s AND delivered_at <= %(before)s
        AND status <> 'cancelled'
),
page AS (
    SELECT listed.moment, lpad(to_hex(orders.order_id), 32, '0')::uuid AS id, orders.*
    FROM listed
    JOIN ledger_orders AS orders ON orders.order_id = listed.order_id
    WHERE (listed.moment, lpad(to_hex(orders.order_id), 32, '0')::uuid) < (%(before)s, %(before_id)s::uuid)
        AND orders.currency = %(currency)s
        AND (%(state)s = '' OR orders.state = %(state)s)
        AND (%(coupon)s = '' OR EXISTS (
            SELECT FROM ledger_discounts
            WHERE order_id = orders.order_id AND (code = %(coupon)s OR %(coupon)s = '*')
        ))
        AND (%(new)s = '' OR EXISTS (
            SELECT FROM ledger_first_orders WHERE order_id = orders.order_id
        ))
        AND (%(product)s = '' OR EXISTS (
            SELECT FROM ledger_lines WHERE order_id = orders.order_id AND product_ref = %(product)s
        ))
        AND (%(category)s || %(brand)s = '' OR EXISTS (
            SELECT FROM ledger_lines
            LEFT JOIN ledger_products ON ledger_products.product_ref = ledger_lines.product_ref
            WHERE ledger_lines.order_id = orders.order_id
                AND (%(category)s = '' OR coalesce(ledger_products.category, 'None') = %(category)s)
                AND (%(brand)s = '' OR coalesce(ledger_products.brand, 'None') = %(brand)s)
        ))
        AND (%(cash)s = '' OR EXISTS (
            SELECT FROM ledger_cash_orders AS cash
            WHERE cash.order_id = orders.order_id AND CASE %(cash)s WHEN 'dispatched' THEN cash.is_dispatched
                WHEN 'delivered' THEN cash.is_delivered WHEN 'collected' THEN cash.is_collected
                WHEN 'refused' THEN cash.is_refused ELSE true END
        ))
    ORDER BY listed.moment DESC, id DESC
    LIMIT %(limit)s
)
SELECT
    page.moment, page.order_ref, coalesce(people.name, nullif(page.customer, page.order_ref)) AS customer, page.state,
    replace(page.payment_method, '_', ' ') AS payment_method, page.status,
    replace(page.payment_status, '_', ' ') AS payment_status,
    replace(page.fulfilment_status, '_', ' ') AS fulfilment_status,
    page.total_kobo, page.worth_kobo, money.revenue_kobo, page.subtotal_kobo, -page.discount_kobo AS discount_kobo,
    page.shipping_kobo, page.tax_kobo, coalesce(came.kobo, 0) AS captured_kobo, coalesce(refused.kobo, 0) AS refused_kobo,
    coupon.kobo AS coupon_kobo, money.margin_kobo, page.id
FROM page
LEFT JOIN LATERAL (
    SELECT sum(amount_kobo)::bigint AS kobo FROM ledger_payments
    WHERE order_id = page.order_id AND currency = page.currency
) AS came ON true
LEFT JOIN LATERAL (
    SELECT sum(refused_kobo)::bigint AS kobo FROM ledger_goods WHERE order_id = page.order_id AND refused > 0
) AS refused ON true
LEFT JOIN LATERAL (
    SELECT sum(discount_kobo)::bigint AS kobo FROM ledger_discounts
    WHERE order_id = page.order_id AND (code = %(coupon)s OR %(coupon)s = '*')
) AS coupon ON true
JOIN ledger_order_money AS money ON money.order_id = page.order_id
LEFT JOIN ledger_people AS people ON people.user_id::text = page.user_id
ORDER BY page.moment DESC, page.id DESC
