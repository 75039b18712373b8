-- Whose each cart is, as visits name people.
SELECT
    commerce_cart.id AS cart_id,
    coalesce(commerce_cart.user_id::text, links.user_id, commerce_cart.visitor_id) AS person
FROM commerce_cart
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = commerce_cart.visitor_id
