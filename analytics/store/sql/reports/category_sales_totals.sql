SELECT
    coalesce(sum(units), 0)::bigint AS units,
    coalesce(sum(gross_kobo), 0)::bigint AS gross_kobo,
    coalesce(sum(kept_kobo), 0)::bigint AS kept_kobo,
    CASE WHEN coalesce(sum(lines - costed_lines), 0) = 0 THEN coalesce(sum(kept_kobo - cost_kobo), 0)::bigint
    END AS margin_kobo,
    CASE WHEN sum(lines) = sum(costed_lines) THEN sum(kept_kobo - cost_kobo) / nullif(sum(kept_kobo), 0)
    END AS margin_share
FROM rollup_goods
WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
    AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
