-- Each cart once, however many products are in it.
SELECT
    count(DISTINCT ledger_cart_lines.cart_id) AS carts,
    coalesce(sum(ledger_cart_lines.quantity), 0)::bigint AS units,
    coalesce(sum(ledger_cart_lines.value_kobo), 0)::bigint AS value_kobo
{left_lines}
