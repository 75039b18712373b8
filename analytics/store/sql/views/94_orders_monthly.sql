-- Revenue is what was paid less what went back, in naira (kobo are hundredths).
SELECT
    date_trunc('month', day)::date AS month,
    currency,
    sum(placed_orders)::bigint AS order_count,
    (sum(captured_kobo - refunded_kobo) / 100.0)::numeric(20, 2) AS revenue
FROM rollup_orders GROUP BY 1, currency
