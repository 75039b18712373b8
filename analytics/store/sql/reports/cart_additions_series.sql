WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
)
SELECT days.day AS bucket, coalesce(sum(cart_adds), 0)::bigint AS cart_adds
FROM days LEFT JOIN rollup_products ON rollup_products.day = days.day AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
GROUP BY days.day
ORDER BY days.day
