-- What was put in carts and ordered during each visit of zuka_visit_events, and how far down the funnel it came.
CREATE TEMP TABLE zuka_visit_sales ON COMMIT DROP AS
WITH events AS (
    SELECT session, id, event_type, occurred_at, product_ref, order_ref, is_claim, is_after_turn
    FROM zuka_visit_events
    WHERE event_type IN ('product.viewed', 'cart.item_added', 'checkout.started', 'order.created')
),
-- An addition that the shop knows and a client claims is one.
additions AS (
    SELECT
        session, greatest(count(*) FILTER (WHERE NOT is_claim), count(*) FILTER (WHERE is_claim)) AS cart_adds
    FROM events WHERE event_type = 'cart.item_added'
    GROUP BY session, product_ref
),
carts AS (SELECT session, sum(cart_adds)::bigint AS cart_adds FROM additions GROUP BY session),
seen AS (SELECT DISTINCT session FROM zuka_visit_events WHERE is_seen),
-- An order belongs to one visit of its activity day: one that a client told of rather than one that only the shop
-- knows, then by the shop's own fact before a claim.
placed AS (
    SELECT DISTINCT ON (events.order_ref)
        events.session, events.order_ref, events.occurred_at, events.id,
        ledger_orders.currency, ledger_orders.total_kobo
    FROM events
    JOIN ledger_orders ON ledger_orders.order_ref = events.order_ref AND ledger_orders.counts_as_placed
        AND ledger_orders.placed_at >= %(start)s AND ledger_orders.placed_at < %(end)s
        AND (ledger_orders.placed_at >= %(turn)s) = events.is_after_turn
    LEFT JOIN seen ON seen.session = events.session
    WHERE events.event_type = 'order.created'
    ORDER BY events.order_ref, seen.session IS NULL, events.is_claim, events.occurred_at, events.id
),
numbered AS (
    SELECT
        session, order_ref, occurred_at, currency, total_kobo,
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
-- Each step counts from the first moment at or after the step before.
viewed AS (
    SELECT session, min(occurred_at) AS viewed_at FROM events WHERE event_type = 'product.viewed' GROUP BY session
),
carted AS (
    SELECT events.session, min(occurred_at) AS carted_at
    FROM events JOIN viewed ON viewed.session = events.session AND occurred_at >= viewed_at
    WHERE event_type = 'cart.item_added' GROUP BY events.session
),
checked_out AS (
    SELECT events.session, min(occurred_at) AS checkout_at
    FROM events JOIN carted ON carted.session = events.session AND occurred_at >= carted_at
    WHERE event_type = 'checkout.started' GROUP BY events.session
),
ordered AS (
    SELECT placed.session, min(occurred_at) AS ordered_at
    FROM placed JOIN checked_out ON checked_out.session = placed.session AND occurred_at >= checkout_at
    GROUP BY placed.session
),
visits AS (SELECT DISTINCT session FROM events)
SELECT
    visits.session, carts.cart_adds, viewed.viewed_at, carted.carted_at, checked_out.checkout_at, ordered.ordered_at,
    orders.orders, orders.order_ref, orders.currency, orders.value_kobo
FROM visits
LEFT JOIN carts ON carts.session = visits.session
LEFT JOIN viewed ON viewed.session = visits.session
LEFT JOIN carted ON carted.session = visits.session
LEFT JOIN checked_out ON checked_out.session = visits.session
LEFT JOIN ordered ON ordered.session = visits.session
LEFT JOIN orders ON orders.session = visits.session
