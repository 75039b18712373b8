-- Each cart once, however many products are in it.
SELECT
    count(DISTINCT ledger_cart_lines.cart_id) AS carts,
    coalesce(sum(ledger_cart_lines.quantity), 0)::bigint AS units,
    coalesce(sum(ledger_cart_lines.value_kobo), 0)::bigint AS value_kobo
FROM ledger_cart_lines
JOIN ledger_carts ON ledger_carts.cart_id = ledger_cart_lines.cart_id
WHERE ledger_carts.last_active_at >= %(start)s AND ledger_carts.last_active_at < %(end)s
    AND ledger_carts.currency = %(currency)s AND ledger_carts.is_left
    AND (%(brands)s::bigint[] IS NULL OR ledger_cart_lines.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
