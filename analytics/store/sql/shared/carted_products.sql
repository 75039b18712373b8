products AS (
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
