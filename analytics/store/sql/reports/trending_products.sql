-- The steepest first. Twenty on both sides of the ratio: a product that nobody knew does not rise for ever.
SELECT
    trending_7d.product_ref,
    coalesce(ledger_products.name, trending_7d.product_ref) AS product,
    ledger_products.category,
    trending_7d.views,
    trending_7d.cart_adds,
    trending_7d.units,
    trending_7d.interest,
    trending_7d.usual_interest,
    trending_7d.interest / nullif(trending_7d.usual_interest, 0) AS rise
FROM trending_7d
LEFT JOIN ledger_products ON ledger_products.product_ref = trending_7d.product_ref
ORDER BY
    (trending_7d.interest + 20) / (trending_7d.usual_interest + 20) DESC,
    trending_7d.interest DESC,
    trending_7d.product_ref
LIMIT %(limit)s
