-- One page of money in and back, newest first; refunds are negative, so a day's rows add up to its revenue.
WITH moved AS (
    SELECT captured_at AS moment, order_id, 'captured' AS kind, provider, amount_kobo, fee_kobo, currency,
        md5('captured' || payment_id)::uuid AS id
    FROM ledger_payments
    WHERE captured_at >= %(start)s AND captured_at <= %(before)s AND %(kind)s <> 'refunded'
    UNION ALL
    SELECT refunded_at, order_id, 'refunded', NULL, -amount_kobo, NULL, currency, md5('refunded' || refund_id)::uuid
    FROM ledger_refunds
    WHERE refunded_at >= %(start)s AND refunded_at <= %(before)s AND %(kind)s <> 'captured'
),
page AS (
    SELECT moved.*, orders.order_ref, orders.payment_method, orders.placed_at, orders.user_id, orders.customer
    FROM moved
    JOIN ledger_orders AS orders ON orders.order_id = moved.order_id
    WHERE (moved.moment, moved.id) < (%(before)s, %(before_id)s::uuid) AND moved.currency = %(currency)s
        AND (%(method)s = '' OR orders.payment_method = %(method)s)
        AND (%(order)s = '' OR orders.order_ref = %(order)s)
    ORDER BY moved.moment DESC, moved.id DESC
    LIMIT %(limit)s
)
SELECT
    page.moment, page.order_ref, CASE page.kind WHEN 'captured' THEN 'In' ELSE 'Back' END AS kind, page.amount_kobo,
    page.fee_kobo, replace(page.payment_method, '_', ' ') AS payment_method,
    replace(page.provider, '_', ' ') AS provider,
    coalesce(people.name, nullif(page.customer, page.order_ref)) AS customer, page.placed_at, page.id
FROM page
LEFT JOIN ledger_people AS people ON people.user_id::text = page.user_id
ORDER BY page.moment DESC, page.id DESC
