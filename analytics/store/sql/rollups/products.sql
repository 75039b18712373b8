-- One day of each product: interest from events, sales from the ledger by the day of placing.
-- An addition to a cart that the shop knows and a client claims is one: of each visitor and product the larger count.
WITH visitors AS (
    SELECT
        product_ref,
        coalesce(visitor_id, user_id) AS visitor,
        count(*) FILTER (WHERE event_type = 'product.viewed') AS views,
        count(*) FILTER (WHERE event_type = 'cart.item_added' AND flags & %(claimed)s = 0) AS facts,
        count(*) FILTER (WHERE event_type = 'cart.item_added' AND flags & %(claimed)s <> 0) AS claims,
        sum(greatest(coalesce(quantity, 1), 1)) FILTER (
            WHERE event_type = 'cart.item_added' AND flags & %(claimed)s = 0
        ) AS fact_units,
        sum(greatest(coalesce(quantity, 1), 1)) FILTER (
            WHERE event_type = 'cart.item_added' AND flags & %(claimed)s <> 0
        ) AS claim_units
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND event_type IN ('product.viewed', 'cart.item_added') AND product_ref IS NOT NULL
    GROUP BY product_ref, coalesce(visitor_id, user_id)
),
interest AS (
    SELECT
        product_ref,
        %(currency)s AS currency,
        sum(views) AS views,
        count(*) FILTER (WHERE views > 0) AS viewers,
        sum(greatest(facts, claims)) AS cart_adds,
        coalesce(sum(greatest(fact_units, claim_units)), 0) AS cart_units
    FROM visitors
    GROUP BY product_ref
),
sales AS (
    SELECT
        product_ref,
        currency,
        count(DISTINCT order_id) AS orders,
        sum(quantity) AS units,
        sum(total_kobo) AS revenue_kobo
    FROM ledger_lines
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed
    GROUP BY product_ref, currency
)
SELECT
    %(day)s::date AS day,
    product_ref,
    currency,
    coalesce(interest.views, 0)::bigint AS views,
    coalesce(interest.viewers, 0)::bigint AS viewers,
    coalesce(interest.cart_adds, 0)::bigint AS cart_adds,
    coalesce(interest.cart_units, 0)::bigint AS cart_units,
    coalesce(sales.orders, 0)::bigint AS orders,
    coalesce(sales.units, 0)::bigint AS units,
    coalesce(sales.revenue_kobo, 0)::bigint AS revenue_kobo
FROM interest FULL JOIN sales USING (product_ref, currency)
