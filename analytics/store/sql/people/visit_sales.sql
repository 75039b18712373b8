-- What was put in carts and ordered during each visit of zuka_visit_events, and how far down the funnel it came.
CREATE TEMP TABLE zuka_visit_sales ON COMMIT DROP AS
WITH told AS (
    SELECT
        events.session, events.order_ref, events.occurred_at, events.id, events.is_claim,
        ledger_orders.currency, ledger_orders.total_kobo
    FROM zuka_visit_events AS events
    JOIN ledger_orders ON ledger_orders.order_ref = events.order_ref AND ledger_orders.counts_as_placed
        AND ledger_orders.placed_at >= %(start)s AND ledger_orders.placed_at < %(end)s
        AND (ledger_orders.placed_at >= %(turn)s) = events.is_after_turn
    WHERE events.event_type = 'order.created'
),
seen AS (
    SELECT DISTINCT session FROM zuka_visit_events WHERE is_seen AND session IN (SELECT session FROM told)
),
-- An order belongs to one visit of its activity day: one that a client told of rather than one that only the shop
-- knows, then by the shop's own fact before a claim.
placed AS (
    SELECT DISTINCT ON (told.order_ref)
        told.session, told.order_ref, told.occurred_at, told.id, told.currency, told.total_kobo
    FROM told LEFT JOIN seen ON seen.session = told.session
    ORDER BY told.order_ref, seen.session IS NULL, told.is_claim, told.occurred_at, told.id
),
numbered AS (
    SELECT
        session, currency, total_kobo,
        first_value(order_ref) OVER in_order AS first_ref,
        first_value(currency) OVER in_order AS first_currency
    FROM placed
    WINDOW in_order AS (PARTITION BY session ORDER BY occurred_at, id)
),
orders AS (
    SELECT
        session, count(*) AS orders, min(first_ref) AS order_ref, min(first_currency) AS currency,
        sum(total_kobo) FILTER (WHERE currency = first_currency)::bigint AS value_kobo
    FROM numbered GROUP BY session
),
-- An addition that the shop knows and a client claims is one.
additions AS (
    SELECT
        session, greatest(count(*) FILTER (WHERE NOT is_claim), count(*) FILTER (WHERE is_claim)) AS cart_adds
    FROM zuka_visit_events WHERE event_type = 'cart.item_added'
    GROUP BY session, product_ref
),
carts AS (SELECT session, sum(cart_adds)::bigint AS cart_adds FROM additions GROUP BY session),
-- Each step counts from the first moment at or after the step before.
viewed AS (
    SELECT
        events.session, events.event_type, events.occurred_at, placed.id IS NOT NULL AS is_placed,
        min(events.occurred_at) FILTER (WHERE event_type = 'product.viewed') OVER visit AS viewed_at
    FROM zuka_visit_events AS events LEFT JOIN placed ON placed.id = events.id
    WHERE event_type IN ('product.viewed', 'cart.item_added', 'checkout.started', 'order.created')
    WINDOW visit AS (PARTITION BY events.session)
),
carted AS (
    SELECT *, min(occurred_at) FILTER (
        WHERE event_type = 'cart.item_added' AND occurred_at >= viewed_at
    ) OVER (PARTITION BY session) AS carted_at FROM viewed
),
checked_out AS (
    SELECT *, min(occurred_at) FILTER (
        WHERE event_type = 'checkout.started' AND occurred_at >= carted_at
    ) OVER (PARTITION BY session) AS checkout_at FROM carted
),
steps AS (
    SELECT
        session, min(viewed_at) AS viewed_at, min(carted_at) AS carted_at, min(checkout_at) AS checkout_at,
        min(occurred_at) FILTER (WHERE is_placed AND occurred_at >= checkout_at) AS ordered_at
    FROM checked_out GROUP BY session
)
SELECT
    steps.session, carts.cart_adds, viewed_at, carted_at, checkout_at, ordered_at,
    orders.orders, orders.order_ref, orders.currency, orders.value_kobo
FROM steps
LEFT JOIN carts ON carts.session = steps.session
LEFT JOIN orders ON orders.session = steps.session
