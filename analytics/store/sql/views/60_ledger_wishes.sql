-- What is on customers' wishlists; those of staff and test accounts are never counted.
SELECT
    commerce_wishlist.id AS wish_id,
    commerce_wishlist.user_id,
    commerce_wishlist.added_at,
    commerce_product.public_id AS product_ref
FROM commerce_wishlist
JOIN commerce_product ON commerce_product.id = commerce_wishlist.product_id
JOIN commerce_user ON commerce_user.id = commerce_wishlist.user_id
WHERE NOT (commerce_user.is_test OR commerce_user.is_staff)
