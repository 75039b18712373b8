-- Products that were bought in one order, as the shop counts them: the commonest twelve of each.
SELECT
    commerce_product.public_id AS product_ref,
    other.public_id AS other_ref,
    commerce_related_product.orders
FROM commerce_related_product
JOIN commerce_product ON commerce_product.id = commerce_related_product.product_id
JOIN commerce_product AS other ON other.id = commerce_related_product.other_id
