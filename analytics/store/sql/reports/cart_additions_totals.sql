-- Orders and pieces only of products that were put in carts, as in the rows.
WITH {carted_products}
SELECT
    coalesce(sum(cart_adds), 0)::bigint AS cart_adds,
    coalesce(sum(cart_units), 0)::bigint AS cart_units,
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(units), 0)::bigint AS units,
    sum(orders) / sum(cart_adds) AS cart_to_order
FROM products
