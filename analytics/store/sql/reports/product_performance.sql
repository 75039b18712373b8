WITH products AS (
    SELECT
        product_ref,
        sum(views) AS views,
        sum(cart_adds) AS cart_adds,
        coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0) AS orders,
        coalesce(sum(units) FILTER (WHERE currency = %(currency)s), 0) AS units,
        coalesce(sum(revenue_kobo) FILTER (WHERE currency = %(currency)s), 0) AS revenue_kobo
    FROM rollup_products
    WHERE day BETWEEN %(first)s AND %(last)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
    GROUP BY product_ref
)
SELECT
    products.product_ref,
    coalesce(ledger_products.name, products.product_ref) AS product,
    ledger_products.category,
    products.views::bigint,
    products.cart_adds::bigint,
    products.orders::bigint,
    products.units::bigint,
    products.revenue_kobo::bigint,
    products.cart_adds / nullif(products.views, 0) AS view_to_cart,
    products.orders / nullif(products.cart_adds, 0) AS cart_to_order,
    products.orders / nullif(products.views, 0) AS conversion,
    CASE WHEN ledger_products.rating_count > 0 THEN ledger_products.rating_average END AS rating
FROM products
LEFT JOIN ledger_products ON ledger_products.product_ref = products.product_ref
ORDER BY
    CASE %(sort)s
        WHEN 'units' THEN products.units
        WHEN 'views' THEN products.views
        WHEN 'conversion' THEN products.orders / nullif(products.views, 0)
        ELSE products.revenue_kobo
    END DESC NULLS LAST,
    products.product_ref
LIMIT %(limit)s
