-- The shop's products by the reference that events carry.
SELECT
    commerce_product.public_id AS product_ref,
    commerce_product.id AS product_id,
    commerce_product.sku,
    commerce_product.name,
    commerce_category.name AS category,
    commerce_brand.name AS brand,
    commerce_product.brand_id,
    commerce_product.rating_average,
    commerce_product.rating_count
FROM commerce_product
LEFT JOIN commerce_category ON commerce_category.id = commerce_product.category_id
LEFT JOIN commerce_brand ON commerce_brand.id = commerce_product.brand_id
