SELECT
    ledger_reviews.product_ref,
    coalesce(names.name, ledger_reviews.product_ref) AS product,
    {review_measures},
    max(created_at) AS latest_at
FROM ledger_reviews
LEFT JOIN ledger_products AS names ON names.product_ref = ledger_reviews.product_ref
WHERE created_at >= %(start)s AND created_at < %(end)s AND (%(brands)s::bigint[] IS NULL OR ledger_reviews.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
GROUP BY 1, 2
ORDER BY reviews DESC, average DESC, 1
LIMIT %(limit)s
