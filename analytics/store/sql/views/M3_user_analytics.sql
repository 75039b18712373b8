-- Each customer with scores from 1 to 5 for how lately, how often and for how much they ordered in the last 365 days:
-- 1 + the number of fifths of customers that are below. Who is equal scores the same. Who did not order then has none.
WITH counted AS (
    SELECT *, year_orders > 0 AS is_buyer, count(*) OVER (PARTITION BY currency, year_orders > 0) AS people
    FROM ledger_customers
),
ranked AS (
    SELECT
        *,
        rank() OVER (PARTITION BY currency, is_buyer ORDER BY zuka_local_day(last_order_at)) AS by_day,
        rank() OVER (PARTITION BY currency, is_buyer ORDER BY year_orders) AS by_orders,
        rank() OVER (PARTITION BY currency, is_buyer ORDER BY year_kobo) AS by_kobo
    FROM counted
),
scored AS (
    SELECT
        *,
        CASE WHEN is_buyer THEN 1 + 5 * (by_day - 1) / people END::smallint AS recency,
        CASE WHEN is_buyer THEN 1 + 5 * (by_orders - 1) / people END::smallint AS frequency,
        CASE WHEN is_buyer THEN 1 + 5 * (by_kobo - 1) / people END::smallint AS monetary
    FROM ranked
),
named AS (
    SELECT *, (frequency + monetary + 1) / 2 AS worth FROM scored
)
SELECT
    customer_id,
    currency,
    first_date,
    second_date,
    last_order_at,
    orders,
    year_orders,
    paid_orders,
    revenue_kobo,
    year_kobo,
    kobo_30,
    kobo_60,
    kobo_90,
    kobo_180,
    kobo_365,
    recency,
    frequency,
    monetary,
    CASE
        WHEN NOT is_buyer THEN 'Lapsed'
        WHEN recency >= 4 AND worth >= 4 THEN 'Champions'
        WHEN recency = 3 AND worth >= 4 THEN 'Loyal'
        WHEN recency >= 4 AND worth >= 2 THEN 'Promising'
        WHEN recency >= 4 THEN 'New'
        WHEN recency = 3 AND worth >= 2 THEN 'Waning'
        WHEN recency = 3 THEN 'Drowsy'
        WHEN worth = 5 THEN 'Cannot lose'
        WHEN worth >= 3 THEN 'At risk'
        WHEN recency = 2 THEN 'Hibernating'
        ELSE 'Lost'
    END AS segment
FROM named
