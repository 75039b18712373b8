-- Every name a client may call a product by.
SELECT public_id AS product_ref, public_id AS name_of_product, 1 AS precedence FROM commerce_product
UNION ALL
SELECT public_id, sku, 2 FROM commerce_product
UNION ALL
SELECT commerce_product.public_id, commerce_product_variant.sku, 3
FROM commerce_product_variant JOIN commerce_product ON commerce_product.id = commerce_product_variant.product_id
