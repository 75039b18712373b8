-- Orders of the last year in the order of their days, half of them of customers, each paid and delivered but the newest.
WITH numbered AS (
    SELECT
        number, now() - interval '1 year' * ((%(all)s - number)::float8 / %(all)s) AS at, number > %(all)s - 5000 AS fresh,
        1 + (number * 7919) %% %(products)s AS product, 1 + (number * 104729) %% %(people)s AS person
    FROM generate_series(%(first)s::bigint, %(first)s + %(rows)s - 1) AS number
),

orders AS (
    INSERT INTO commerce_order (
        created_at, updated_at, number, user_id, guest_email, contact_name, status, payment_status, fulfilment_status,
        payment_method, currency, subtotal_kobo, shipping_kobo, discount_kobo, tax_kobo, total_kobo, shipping_address,
        channel, is_test, points_earned, points_used, notes, placed_at, confirmed_at, paid_at, shipped_at, delivered_at
    )
    SELECT
        at, at, 'ZUKA-2020-' || lpad(number::text, 7, '0'),
        CASE WHEN number %% 2 = 0 THEN md5('person' || person)::uuid END,
        CASE WHEN number %% 2 = 1 THEN 'guest' || number || '@crowd.example' END, 'Customer ' || number,
        CASE WHEN fresh THEN 'placed' ELSE 'completed' END, CASE WHEN fresh THEN 'unpaid' ELSE 'paid' END,
        CASE WHEN fresh THEN 'unfulfilled' ELSE 'delivered' END, 'cash_on_delivery', 'NGN', 250000, 0, 0, 0, 250000,
        '{"city": "Ikeja", "state": "Lagos", "country": "NG"}', 'web', false, 0, 0, '', at,
        CASE WHEN NOT fresh THEN at END, CASE WHEN NOT fresh THEN at + interval '2 days' END,
        CASE WHEN NOT fresh THEN at + interval '1 day' END, CASE WHEN NOT fresh THEN at + interval '2 days' END
    FROM numbered
    RETURNING id, number, placed_at, paid_at
),

payments AS (
    INSERT INTO commerce_payment (
        created_at, updated_at, provider, reference, status, currency, amount_kobo, fee_kobo, refunded_kobo, is_test,
        order_id, captured_at
    )
    SELECT placed_at, placed_at, 'cash', number, 'captured', 'NGN', 250000, 0, 0, false, id, paid_at
    FROM orders WHERE paid_at IS NOT NULL
)

INSERT INTO commerce_order_line (
    product_ref, product_snapshot, quantity, unit_price_kobo, total_kobo, created_at, order_id, product_id
)
SELECT
    products.public_id, jsonb_build_object('name', products.name, 'sku', products.sku), 1, 250000, 250000,
    orders.placed_at, orders.id, products.id
FROM orders
JOIN numbered ON numbered.number = right(orders.number, 7)::bigint
JOIN commerce_product AS products ON products.sku = 'CROWD-' || numbered.product
