WITH {carted_products}
SELECT
    products.product_ref,
    coalesce(ledger_products.name, products.product_ref) AS product,
    ledger_products.category,
    products.cart_adds::bigint,
    products.cart_units::bigint,
    products.orders::bigint,
    products.units::bigint,
    products.orders / products.cart_adds AS cart_to_order
FROM products
LEFT JOIN ledger_products ON ledger_products.product_ref = products.product_ref
ORDER BY products.cart_adds DESC, products.product_ref
LIMIT %(limit)s
