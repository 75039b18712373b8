SELECT
    ledger_reviews.product_ref,
    coalesce(names.name, ledger_reviews.product_ref) AS product,
    count(*) AS reviews,
    avg(rating) AS average,
    count(*) FILTER (WHERE rating = 5) AS rated_5,
    count(*) FILTER (WHERE rating = 4) AS rated_4,
    count(*) FILTER (WHERE rating = 3) AS rated_3,
    count(*) FILTER (WHERE rating = 2) AS rated_2,
    count(*) FILTER (WHERE rating = 1) AS rated_1,
    count(*) FILTER (WHERE is_verified) / count(*)::numeric AS verified,
    max(created_at) AS latest_at
FROM ledger_reviews
LEFT JOIN ledger_products AS names ON names.product_ref = ledger_reviews.product_ref
WHERE created_at >= %(start)s AND created_at < %(end)s AND (%(brands)s::bigint[] IS NULL OR ledger_reviews.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
GROUP BY 1, 2
ORDER BY reviews DESC, average DESC, 1
LIMIT %(limit)s
