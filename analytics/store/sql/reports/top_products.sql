SELECT
    top_products_7d.product_ref,
    coalesce(ledger_products.name, top_products_7d.product_ref) AS product,
    top_products_7d.sold_last_7d,
    top_products_7d.views_last_7d,
    top_products_7d.revenue_kobo_last_7d
FROM top_products_7d
LEFT JOIN ledger_products ON ledger_products.product_ref = top_products_7d.product_ref
WHERE top_products_7d.currency = %(currency)s AND (%(brands)s::bigint[] IS NULL OR top_products_7d.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
ORDER BY top_products_7d.sold_last_7d DESC, top_products_7d.views_last_7d DESC, top_products_7d.product_ref
LIMIT %(limit)s
