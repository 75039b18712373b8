-- By public id, product sku, variant sku or the shop's own number, in that order.
SELECT product_ref FROM ledger_product_names WHERE name_of_product = %(reference)s ORDER BY precedence LIMIT 1
