-- Carts that somebody is filling, with what is in them at today's knowledge of prices. Those of staff and tests are
-- left out. LATERAL, so that only the carts of the last hour are looked into.
SELECT
    commerce_cart.id AS cart_id,
    commerce_cart.currency,
    commerce_cart.last_active_at,
    contents.kobo AS value_kobo
FROM commerce_cart
CROSS JOIN LATERAL (
    SELECT sum(commerce_cart_line.quantity * commerce_cart_line.added_price_kobo)::bigint AS kobo
    FROM commerce_cart_line
    WHERE commerce_cart_line.cart_id = commerce_cart.id
) AS contents
LEFT JOIN commerce_user ON commerce_user.id = commerce_cart.user_id
WHERE commerce_cart.status = 'active' AND contents.kobo IS NOT NULL
    AND NOT coalesce(commerce_user.is_test OR commerce_user.is_staff, false)
