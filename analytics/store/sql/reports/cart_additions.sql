WITH products AS (
    SELECT
        product_ref, sum(cart_adds) AS cart_adds, sum(cart_units) AS cart_units,
        coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0) AS orders,
        coalesce(sum(units) FILTER (WHERE currency = %(currency)s), 0) AS units
    FROM rollup_products
    WHERE day BETWEEN %(first)s AND %(last)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
    GROUP BY product_ref
    HAVING sum(cart_adds) > 0
)
SELECT
    products.product_ref,
    coalesce(ledger_products.name, products.product_ref) AS product,
    ledger_products.category,
    products.cart_adds::bigint,
    products.cart_units::bigint,
    products.orders::bigint,
    products.units::bigint,
    products.orders / products.cart_adds AS cart_to_order
FROM products
LEFT JOIN ledger_products ON ledger_products.product_ref = products.product_ref
ORDER BY products.cart_adds DESC, products.product_ref
LIMIT %(limit)s
