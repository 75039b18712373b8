SELECT product_ref, name FROM ledger_products WHERE product_ref = ANY(%(refs)s)
