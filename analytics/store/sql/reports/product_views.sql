-- By reference, so that whoever wants all of them asks again after the last one.
SELECT
    product_ref,
    sum(views)::bigint AS views
FROM rollup_products
WHERE product_ref > %(after)s AND day BETWEEN %(first)s AND %(last)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
GROUP BY product_ref
HAVING sum(views) > 0
ORDER BY product_ref
LIMIT %(limit)s
