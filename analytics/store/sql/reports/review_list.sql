-- One page of reviews, newest first.
SELECT
    reviews.created_at, coalesce(names.name, reviews.product_ref) AS product, reviews.product_ref, reviews.rating,
    reviews.title, CASE WHEN reviews.is_verified THEN 'Yes' ELSE 'No' END AS verified, people.name AS customer,
    lpad(to_hex(reviews.review_id), 32, '0')::uuid AS id
FROM ledger_reviews AS reviews
LEFT JOIN ledger_products AS names ON names.product_ref = reviews.product_ref
LEFT JOIN ledger_people AS people ON people.user_id = reviews.user_id
WHERE reviews.created_at >= %(start)s AND reviews.created_at <= %(before)s
    AND (reviews.created_at, lpad(to_hex(reviews.review_id), 32, '0')::uuid) < (%(before)s, %(before_id)s::uuid)
    AND (%(product)s = '' OR reviews.product_ref = %(product)s)
    AND (%(rating)s = '' OR reviews.rating::text = %(rating)s)
    AND (%(brands)s::bigint[] IS NULL OR reviews.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
ORDER BY reviews.created_at DESC, id DESC
LIMIT %(limit)s
