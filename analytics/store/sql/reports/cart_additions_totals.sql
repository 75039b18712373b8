-- Orders and pieces only of products that were put in carts, as in the rows.
WITH products AS (
    SELECT
        sum(cart_adds) AS cart_adds, sum(cart_units) AS cart_units,
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
    coalesce(sum(cart_adds), 0)::bigint AS cart_adds,
    coalesce(sum(cart_units), 0)::bigint AS cart_units,
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(units), 0)::bigint AS units,
    sum(orders) / sum(cart_adds) AS cart_to_order
FROM products
