-- What somebody with an account looked at, put in a cart and ordered, lately first.
WITH looked AS (
    SELECT
        product_ref,
        count(*) FILTER (WHERE event_type = 'product.viewed') AS views,
        count(*) FILTER (WHERE event_type = 'cart.item_added') AS cart_adds,
        max(occurred_at) AS last_at
    FROM analytics_events
    WHERE user_id = %(person)s::text AND occurred_at >= %(start)s AND occurred_at < %(end)s
        AND event_type IN ('product.viewed', 'cart.item_added') AND product_ref IS NOT NULL
    GROUP BY product_ref
),
bought AS (
    SELECT product_ref, sum(quantity) AS units, max(placed_at) AS last_at
    FROM ledger_order_owners JOIN ledger_lines USING (order_id)
    WHERE user_id = substring(%(person)s FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')::uuid
        AND placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed
    GROUP BY product_ref
)
SELECT
    product_ref,
    coalesce(ledger_products.name, product_ref) AS product,
    coalesce(looked.views, 0)::bigint AS views,
    coalesce(looked.cart_adds, 0)::bigint AS cart_adds,
    coalesce(bought.units, 0)::bigint AS units,
    greatest(looked.last_at, bought.last_at) AS last_at
FROM looked
FULL JOIN bought USING (product_ref)
LEFT JOIN ledger_products USING (product_ref)
ORDER BY last_at DESC, product_ref
LIMIT %(limit)s
