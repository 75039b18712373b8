SELECT
    ledger_cart_lines.product_ref,
    ledger_cart_lines.product,
    count(DISTINCT ledger_cart_lines.cart_id) AS carts,
    sum(ledger_cart_lines.quantity)::bigint AS units,
    sum(ledger_cart_lines.value_kobo)::bigint AS value_kobo,
    sum(ledger_cart_lines.value_kobo) / nullif(sum(sum(ledger_cart_lines.value_kobo)) OVER (), 0) AS share
{left_lines}
GROUP BY ledger_cart_lines.product_ref, ledger_cart_lines.product
ORDER BY value_kobo DESC, ledger_cart_lines.product_ref
LIMIT %(limit)s
