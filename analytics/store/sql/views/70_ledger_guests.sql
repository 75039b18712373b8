-- Who ordered without an account, by the number of the order.
SELECT
    commerce_order.number AS order_ref,
    nullif(commerce_order.contact_name, '') AS name,
    nullif(commerce_order.guest_email, '') AS email,
    nullif(commerce_order.guest_phone, '') AS phone
FROM commerce_order
WHERE commerce_order.user_id IS NULL
