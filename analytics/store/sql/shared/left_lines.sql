FROM ledger_cart_lines
JOIN ledger_carts ON ledger_carts.cart_id = ledger_cart_lines.cart_id
WHERE ledger_carts.last_active_at >= %(start)s AND ledger_carts.last_active_at < %(end)s
    AND ledger_carts.currency = %(currency)s AND ledger_carts.is_left
    AND (%(brands)s::bigint[] IS NULL OR ledger_cart_lines.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
