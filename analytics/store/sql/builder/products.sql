LEFT JOIN ledger_products ON ledger_products.product_ref = facts.product_ref
