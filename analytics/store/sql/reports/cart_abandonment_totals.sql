SELECT
    count(*) AS carts,
    count(*) FILTER (WHERE is_ordered) AS ordered,
    count(*) FILTER (WHERE NOT is_ordered AND NOT is_left) AS in_use,
    count(*) FILTER (WHERE is_left) AS abandoned,
    count(*) FILTER (WHERE is_left)::numeric / nullif(count(*), 0) AS abandonment,
    coalesce(sum(value_kobo) FILTER (WHERE is_left), 0)::bigint AS abandoned_kobo,
    count(*) FILTER (WHERE is_reminded) AS reminded,
    count(*) FILTER (WHERE is_recovered) AS recovered,
    count(*) FILTER (WHERE is_recovered)::numeric / nullif(count(*) FILTER (WHERE is_reminded), 0) AS recovery,
    coalesce(sum(value_kobo) FILTER (WHERE is_recovered), 0)::bigint AS recovered_kobo
FROM ledger_carts
WHERE last_active_at >= %(start)s AND last_active_at < %(end)s AND currency = %(currency)s
