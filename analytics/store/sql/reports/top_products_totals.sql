SELECT
    coalesce(sum(sold_last_7d), 0)::bigint AS sold_last_7d,
    coalesce(sum(views_last_7d), 0)::bigint AS views_last_7d,
    coalesce(sum(revenue_kobo_last_7d), 0)::bigint AS revenue_kobo_last_7d
FROM top_products_7d
WHERE currency = %(currency)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
