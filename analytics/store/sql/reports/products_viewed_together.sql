-- Of the last 30 days, as they are refreshed every quarter of an hour. Without references all pairs, the commonest first.
SELECT
    viewed_together_30d.product_ref,
    coalesce(ledger_products.name, viewed_together_30d.product_ref) AS product,
    viewed_together_30d.other_ref,
    coalesce(others.name, viewed_together_30d.other_ref) AS other,
    viewed_together_30d.visits
FROM viewed_together_30d
LEFT JOIN ledger_products ON ledger_products.product_ref = viewed_together_30d.product_ref
LEFT JOIN ledger_products AS others ON others.product_ref = viewed_together_30d.other_ref
WHERE %(product)s = '' OR viewed_together_30d.product_ref = ANY(string_to_array(%(product)s::text, ','))
ORDER BY viewed_together_30d.visits DESC, viewed_together_30d.product_ref, viewed_together_30d.other_ref
LIMIT %(limit)s
