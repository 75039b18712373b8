-- Customers by the month of their first order and by how many months later they ordered: each counts once a month.
WITH active AS (
    SELECT DISTINCT customer_id, currency, date_trunc('month', day)::date AS month
    FROM ledger_order_customers
    WHERE counts_as_placed
),
counted AS (
    SELECT *, min(month) OVER (PARTITION BY customer_id COLLATE "C", currency) AS first_month FROM active
)
SELECT
    first_month AS month,
    currency,
    (
        12 * (extract(year FROM month) - extract(year FROM first_month))
        + extract(month FROM month) - extract(month FROM first_month)
    )::integer AS months_after,
    count(*) AS customers
FROM counted
GROUP BY 1, currency, 3
