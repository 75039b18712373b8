-- What was ordered of each product by the day of placing, and what is left of it since. `costed_lines` are those whose
-- cost is known: fewer than `lines` make the margin unknown.
SELECT
    %(day)s::date AS day,
    product_ref,
    currency,
    count(*) AS lines,
    count(cost_kobo) AS costed_lines,
    sum(quantity)::bigint AS units,
    sum(total_kobo)::bigint AS gross_kobo,
    sum(kept_kobo)::bigint AS kept_kobo,
    coalesce(sum(cost_kobo), 0)::bigint AS cost_kobo
FROM ledger_goods
WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed
GROUP BY product_ref, currency
