-- Carts with something in them, by when their owners last did something, which in one that was ordered is the order.
-- Those of staff and test accounts, and those that went into another cart, are never counted.
WITH contents AS (
    SELECT cart_id, sum(quantity * added_price_kobo)::bigint AS kobo FROM commerce_cart_line GROUP BY cart_id
)
SELECT
    commerce_cart.id AS cart_id,
    commerce_cart.currency,
    commerce_cart.last_active_at,
    commerce_cart.status = 'converted' AS is_ordered,
    commerce_cart.status = 'abandoned' AS is_left,
    coalesce(contents.kobo, 0) AS value_kobo,
    commerce_cart_reminder.sent_at IS NOT NULL AS is_reminded,
    commerce_cart.status = 'converted' AND commerce_cart.converted_at > commerce_cart_reminder.sent_at AS is_recovered,
    commerce_cart.user_id,
    commerce_cart.visitor_id
FROM commerce_cart
LEFT JOIN contents ON contents.cart_id = commerce_cart.id
LEFT JOIN commerce_cart_reminder ON commerce_cart_reminder.cart_id = commerce_cart.id
LEFT JOIN commerce_user ON commerce_user.id = commerce_cart.user_id
WHERE commerce_cart.status <> 'merged' AND (commerce_cart.status = 'converted' OR contents.kobo IS NOT NULL)
    AND NOT coalesce(commerce_user.is_test OR commerce_user.is_staff, false)
