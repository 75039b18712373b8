-- Orders by the day of placing, money in and back each by its own day: the lines of each row add up to its net.
WITH days AS (
    SELECT DISTINCT date_trunc(%(grain)s, day)::date AS day
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
facts AS (
    SELECT
        placed_at AS moment, subtotal_kobo AS gross_kobo, -discount_kobo AS discounts_kobo, shipping_kobo, tax_kobo,
        total_kobo AS placed_kobo, 0 AS captured_kobo, 0 AS refunds_kobo
    FROM ledger_orders
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND counts_as_placed AND currency = %(currency)s
    UNION ALL
    SELECT captured_at, 0, 0, 0, 0, 0, amount_kobo, 0
    FROM ledger_payments
    WHERE captured_at >= %(start)s AND captured_at < %(end)s AND currency = %(currency)s
    UNION ALL
    SELECT refunded_at, 0, 0, 0, 0, 0, 0, -amount_kobo
    FROM ledger_refunds
    WHERE refunded_at >= %(start)s AND refunded_at < %(end)s AND currency = %(currency)s
),
by_day AS (
    SELECT
        zuka_local_day(moment) AS day,
        sum(gross_kobo) AS gross_kobo, sum(discounts_kobo) AS discounts_kobo, sum(shipping_kobo) AS shipping_kobo,
        sum(tax_kobo) AS tax_kobo, sum(placed_kobo) AS placed_kobo, sum(captured_kobo) AS captured_kobo,
        sum(refunds_kobo) AS refunds_kobo
    FROM facts GROUP BY 1
)
SELECT
    days.day,
    coalesce(sum(gross_kobo), 0)::bigint AS gross_kobo,
    coalesce(sum(discounts_kobo), 0)::bigint AS discounts_kobo,
    coalesce(sum(shipping_kobo), 0)::bigint AS shipping_kobo,
    coalesce(sum(tax_kobo), 0)::bigint AS tax_kobo,
    coalesce(sum(placed_kobo), 0)::bigint AS placed_kobo,
    coalesce(sum(captured_kobo - placed_kobo), 0)::bigint AS unpaid_kobo,
    coalesce(sum(refunds_kobo), 0)::bigint AS refunds_kobo,
    coalesce(sum(captured_kobo + refunds_kobo), 0)::bigint AS net_kobo
FROM days LEFT JOIN by_day ON date_trunc(%(grain)s, by_day.day)::date = days.day
GROUP BY days.day
ORDER BY days.day
