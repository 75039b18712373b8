-- Carts that their owners can go on with, by the person that visits know them as, with what is in them.
SELECT
    coalesce(commerce_cart.user_id::text, links.user_id, commerce_cart.visitor_id) AS person,
    commerce_cart.id AS cart_id,
    commerce_cart.currency,
    commerce_cart.last_active_at,
    contents.text,
    contents.kobo
FROM commerce_cart
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = commerce_cart.visitor_id
JOIN LATERAL (
    SELECT
        string_agg(
            commerce_cart_line.quantity || ' × ' || commerce_product.name, ', ' ORDER BY commerce_cart_line.id
        ) AS text,
        sum(commerce_cart_line.quantity * commerce_cart_line.added_price_kobo)::bigint AS kobo
    FROM commerce_cart_line
    JOIN commerce_product_variant ON commerce_product_variant.id = commerce_cart_line.variant_id
    JOIN commerce_product ON commerce_product.id = commerce_product_variant.product_id
    WHERE commerce_cart_line.cart_id = commerce_cart.id
    HAVING count(*) > 0
) AS contents ON true
WHERE commerce_cart.status IN ('active', 'abandoned')
