SELECT
    coalesce(CASE %(by)s WHEN 'brand' THEN ledger_products.brand ELSE ledger_products.category END, 'None') AS label,
    sum(ledger_goods.quantity)::bigint AS units,
    sum(ledger_goods.total_kobo)::bigint AS gross_kobo,
    sum(ledger_goods.total_kobo) / nullif(sum(sum(ledger_goods.total_kobo)) OVER (), 0) AS share,
    sum(ledger_goods.kept_kobo)::bigint AS kept_kobo,
    CASE WHEN count(*) = count(ledger_goods.cost_kobo) THEN sum(ledger_goods.kept_kobo - ledger_goods.cost_kobo)::bigint
    END AS margin_kobo,
    CASE WHEN count(*) = count(ledger_goods.cost_kobo) THEN
        sum(ledger_goods.kept_kobo - ledger_goods.cost_kobo) / nullif(sum(ledger_goods.kept_kobo), 0)
    END AS margin_share
FROM ledger_goods
LEFT JOIN ledger_products ON ledger_products.product_ref = ledger_goods.product_ref
WHERE ledger_goods.placed_at >= %(start)s AND ledger_goods.placed_at < %(end)s
    AND ledger_goods.counts_as_placed AND ledger_goods.currency = %(currency)s
GROUP BY label
ORDER BY gross_kobo DESC, label
LIMIT %(limit)s
