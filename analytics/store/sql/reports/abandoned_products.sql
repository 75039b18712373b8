SELECT
    ledger_cart_lines.product_ref,
    ledger_cart_lines.product,
    count(DISTINCT ledger_cart_lines.cart_id) AS carts,
    sum(ledger_cart_lines.quantity)::bigint AS units,
    sum(ledger_cart_lines.value_kobo)::bigint AS value_kobo,
    sum(ledger_cart_lines.value_kobo) / nullif(sum(sum(ledger_cart_lines.value_kobo)) OVER (), 0) AS share
FROM ledger_cart_lines
JOIN ledger_carts ON ledger_carts.cart_id = ledger_cart_lines.cart_id
WHERE ledger_carts.last_active_at >= %(start)s AND ledger_carts.last_active_at < %(end)s
    AND ledger_carts.currency = %(currency)s AND ledger_carts.is_left
    AND (%(brands)s::bigint[] IS NULL OR ledger_cart_lines.product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
GROUP BY ledger_cart_lines.product_ref, ledger_cart_lines.product
ORDER BY value_kobo DESC, ledger_cart_lines.product_ref
LIMIT %(limit)s
