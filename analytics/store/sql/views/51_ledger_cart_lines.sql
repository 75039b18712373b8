-- What is in carts, at the price when it was put in.
SELECT
    commerce_cart_line.cart_id,
    commerce_product.public_id AS product_ref,
    commerce_product.name AS product,
    commerce_cart_line.quantity,
    commerce_cart_line.quantity * commerce_cart_line.added_price_kobo AS value_kobo
FROM commerce_cart_line
JOIN commerce_product_variant ON commerce_product_variant.id = commerce_cart_line.variant_id
JOIN commerce_product ON commerce_product.id = commerce_product_variant.product_id
