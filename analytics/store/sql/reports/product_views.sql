-- By reference, so that whoever wants all of them asks again after the last one.
SELECT
    product_ref,
    sum(views)::bigint AS views
FROM rollup_products
WHERE product_ref > %(after)s AND day BETWEEN %(first)s AND %(last)s
GROUP BY product_ref
HAVING sum(views) > 0
ORDER BY product_ref
LIMIT %(limit)s
