-- Customers by the month of their first order: who came back and how soon, and what they brought within so many days
-- of it. Which cells are ripe depends on the day they are read.
SELECT
    date_trunc('month', first_date)::date AS month,
    currency,
    count(*) FILTER (WHERE orders > 0) AS customers,
    count(second_date) AS repeated,
    count(*) FILTER (WHERE second_date - first_date <= 30) AS again_30,
    count(*) FILTER (WHERE second_date - first_date <= 60) AS again_60,
    count(*) FILTER (WHERE second_date - first_date <= 90) AS again_90,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY second_date - first_date) AS days_to_second,
    sum(orders)::bigint AS orders,
    sum(paid_orders)::bigint AS paid_orders,
    sum(revenue_kobo)::bigint AS revenue_kobo,
    sum(kobo_30)::bigint AS kobo_30,
    sum(kobo_60)::bigint AS kobo_60,
    sum(kobo_90)::bigint AS kobo_90,
    sum(kobo_180)::bigint AS kobo_180,
    sum(kobo_365)::bigint AS kobo_365
FROM user_analytics
GROUP BY 1, currency
