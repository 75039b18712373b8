-- Reviews as customers see them; those of test accounts are never counted.
SELECT
    commerce_product_review.id AS review_id,
    commerce_product.public_id AS product_ref,
    commerce_product_review.rating,
    commerce_product_review.order_line_id IS NOT NULL AS is_verified,
    commerce_product_review.created_at,
    nullif(commerce_product_review.title, '') AS title,
    commerce_product_review.user_id
FROM commerce_product_review
JOIN commerce_product ON commerce_product.id = commerce_product_review.product_id
LEFT JOIN commerce_user ON commerce_user.id = commerce_product_review.user_id
WHERE commerce_product_review.status = 'published' AND commerce_user.is_test IS NOT TRUE
