-- What came in for plans and went back, day by day.
WITH days AS (
    SELECT day::date AS bucket FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
moved AS (
    SELECT
        zuka_local_day(moved_at) AS bucket,
        sum(amount_kobo) FILTER (WHERE kind = 'charge') AS charged_kobo,
        -sum(amount_kobo) FILTER (WHERE kind = 'refund') AS refunded_kobo
    FROM ledger_subscription_money
    WHERE moved_at >= %(start)s AND moved_at < %(end)s AND currency = %(currency)s
    GROUP BY 1
)
SELECT
    bucket, coalesce(charged_kobo, 0)::bigint AS charged_kobo, coalesce(refunded_kobo, 0)::bigint AS refunded_kobo
FROM days LEFT JOIN moved USING (bucket)
ORDER BY bucket
