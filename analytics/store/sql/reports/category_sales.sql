SELECT
    coalesce(CASE %(by)s WHEN 'brand' THEN ledger_products.brand ELSE ledger_products.category END, 'None') AS label,
    sum(units)::bigint AS units,
    sum(gross_kobo)::bigint AS gross_kobo,
    sum(gross_kobo) / nullif(sum(sum(gross_kobo)) OVER (), 0) AS share,
    sum(kept_kobo)::bigint AS kept_kobo,
    CASE WHEN sum(lines) = sum(costed_lines) THEN sum(kept_kobo - cost_kobo)::bigint END AS margin_kobo,
    CASE WHEN sum(lines) = sum(costed_lines) THEN sum(kept_kobo - cost_kobo) / nullif(sum(kept_kobo), 0)
    END AS margin_share
FROM rollup_goods
LEFT JOIN ledger_products ON ledger_products.product_ref = rollup_goods.product_ref
WHERE rollup_goods.day BETWEEN %(first)s AND %(last)s AND rollup_goods.currency = %(currency)s
    AND (%(brands)s::bigint[] IS NULL OR ledger_products.brand_id = ANY(%(brands)s::bigint[]))
GROUP BY label
ORDER BY gross_kobo DESC, label
LIMIT %(limit)s
