-- Products that customers cannot buy now, and why.
WITH stock AS (
    SELECT product_id, sum(stock_on_hand - stock_reserved) AS left_over
    FROM commerce_product_variant
    WHERE active
    GROUP BY product_id
)
SELECT
    commerce_product.public_id AS product_ref,
    commerce_product.name,
    CASE commerce_product.status WHEN 'draft' THEN 'Not published' WHEN 'archived' THEN 'Archived' ELSE 'Out of stock'
    END AS state
FROM commerce_product
LEFT JOIN stock ON stock.product_id = commerce_product.id
WHERE commerce_product.status <> 'published' OR coalesce(stock.left_over, 0) <= 0
