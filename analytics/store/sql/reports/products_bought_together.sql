-- Of the last 365 days, as a daily job counts them. Without references all pairs, the commonest first.
SELECT
    ledger_related_products.product_ref,
    coalesce(ledger_products.name, ledger_related_products.product_ref) AS product,
    ledger_related_products.other_ref,
    coalesce(others.name, ledger_related_products.other_ref) AS other,
    ledger_related_products.orders
FROM ledger_related_products
LEFT JOIN ledger_products ON ledger_products.product_ref = ledger_related_products.product_ref
LEFT JOIN ledger_products AS others ON others.product_ref = ledger_related_products.other_ref
WHERE %(product)s = '' OR ledger_related_products.product_ref = ANY(string_to_array(%(product)s::text, ','))
ORDER BY ledger_related_products.orders DESC, ledger_related_products.product_ref, ledger_related_products.other_ref
LIMIT %(limit)s
