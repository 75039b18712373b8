SELECT
    {product_measures}
FROM rollup_products
WHERE day BETWEEN %(first)s AND %(last)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
