SELECT count(*) AS wishes, count(DISTINCT wishes.user_id) AS people
FROM ledger_wishes AS wishes
LEFT JOIN ledger_products AS names ON names.product_ref = wishes.product_ref
WHERE wishes.added_at >= %(start)s AND wishes.added_at < %(end)s
    AND (%(brands)s::bigint[] IS NULL OR names.brand_id = ANY(%(brands)s::bigint[]))
