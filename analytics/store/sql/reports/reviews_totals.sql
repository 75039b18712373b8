SELECT
    {review_measures}
FROM ledger_reviews
WHERE created_at >= %(start)s AND created_at < %(end)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
