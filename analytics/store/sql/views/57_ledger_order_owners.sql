-- Whose each counted order is, by what has an index: an account, a guest's e-mail or phone, a visitor.
SELECT
    commerce_order.id AS order_id,
    commerce_order.number AS order_ref,
    commerce_order.user_id,
    lower(commerce_order.guest_email) AS guest_email,
    commerce_order.guest_phone,
    commerce_order.visitor_id
FROM commerce_order
WHERE NOT commerce_order.is_test
