SELECT
    coalesce(sum(quantity), 0)::bigint AS units,
    coalesce(sum(total_kobo), 0)::bigint AS gross_kobo,
    coalesce(sum(kept_kobo), 0)::bigint AS kept_kobo,
    CASE WHEN count(*) = count(cost_kobo) THEN coalesce(sum(kept_kobo - cost_kobo), 0)::bigint END AS margin_kobo,
    CASE WHEN count(*) = count(cost_kobo) THEN
        sum(kept_kobo - cost_kobo) / nullif(sum(kept_kobo), 0)
    END AS margin_share
FROM ledger_goods
WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed AND currency = %(currency)s
