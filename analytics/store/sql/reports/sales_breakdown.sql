-- Orders by the day of placing, money in and back each by its own day: the lines of each row add up to its net.
WITH days AS (
    SELECT DISTINCT date_trunc(%(grain)s, day)::date AS day
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
counted AS (
    SELECT
        date_trunc(%(grain)s, day)::date AS day, gross_kobo, discount_kobo, shipping_kobo, tax_kobo, placed_kobo,
        captured_kobo, refunded_kobo
    FROM rollup_orders
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
)
SELECT
    days.day,
    coalesce(sum(gross_kobo), 0)::bigint AS gross_kobo,
    coalesce(-sum(discount_kobo), 0)::bigint AS discounts_kobo,
    coalesce(sum(shipping_kobo), 0)::bigint AS shipping_kobo,
    coalesce(sum(tax_kobo), 0)::bigint AS tax_kobo,
    coalesce(sum(placed_kobo), 0)::bigint AS placed_kobo,
    coalesce(sum(captured_kobo - placed_kobo), 0)::bigint AS unpaid_kobo,
    coalesce(-sum(refunded_kobo), 0)::bigint AS refunds_kobo,
    coalesce(sum(captured_kobo - refunded_kobo), 0)::bigint AS net_kobo
FROM days LEFT JOIN counted ON counted.day = days.day
GROUP BY days.day
ORDER BY days.day
