ledger_products.brand_id = ANY(%(brands)s::bigint[])
