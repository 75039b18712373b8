WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
carts AS (
    SELECT zuka_local_day(last_active_at) AS day, *
    FROM ledger_carts
    WHERE last_active_at >= %(start)s AND last_active_at < %(end)s AND currency = %(currency)s
)
SELECT
    days.day,
    count(carts.cart_id) AS carts,
    count(*) FILTER (WHERE carts.is_ordered) AS ordered,
    count(*) FILTER (WHERE NOT carts.is_ordered AND NOT carts.is_left) AS in_use,
    count(*) FILTER (WHERE carts.is_left) AS abandoned,
    count(*) FILTER (WHERE carts.is_left)::numeric / nullif(count(carts.cart_id), 0) AS abandonment,
    coalesce(sum(carts.value_kobo) FILTER (WHERE carts.is_left), 0)::bigint AS abandoned_kobo,
    count(*) FILTER (WHERE carts.is_reminded) AS reminded,
    count(*) FILTER (WHERE carts.is_recovered) AS recovered,
    count(*) FILTER (WHERE carts.is_recovered)::numeric
        / nullif(count(*) FILTER (WHERE carts.is_reminded), 0) AS recovery,
    coalesce(sum(carts.value_kobo) FILTER (WHERE carts.is_recovered), 0)::bigint AS recovered_kobo
FROM days LEFT JOIN carts ON carts.day = days.day
GROUP BY days.day
ORDER BY days.day
