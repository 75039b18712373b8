-- Each customer until now: orders by the day of placing, money by the day it moved. Amounts of two currencies are
-- never added: whoever ordered in two has two rows. Of an order that was cancelled before it was paid only money counts.
-- Lifetime value after so many days is what moved until then, counted from the day of the first order.
WITH owners AS MATERIALIZED (
    SELECT * FROM ledger_order_customers
),
money AS MATERIALIZED (
    SELECT order_id, currency, zuka_local_day(moved_at) AS day, amount_kobo AS kobo FROM ledger_money
),
bought AS (
    SELECT
        customer_id,
        currency,
        coalesce(min(day) FILTER (WHERE counts_as_placed), min(day)) AS first_date,
        min(day) FILTER (WHERE counts_as_placed AND position = 2) AS second_date,
        max(placed_at) FILTER (WHERE counts_as_placed) AS last_order_at,
        count(*) FILTER (WHERE counts_as_placed) AS orders,
        count(*) FILTER (WHERE counts_as_placed AND day > zuka_today() - 365) AS year_orders,
        count(paid_at) AS paid_orders
    FROM owners
    WHERE counts_as_placed OR order_id IN (SELECT order_id FROM money)
    GROUP BY customer_id, currency
),
moves AS (
    SELECT owners.customer_id, money.currency, money.day, money.kobo, money.day - bought.first_date AS days
    FROM money
    JOIN owners ON owners.order_id = money.order_id
    LEFT JOIN bought ON bought.customer_id = owners.customer_id AND bought.currency = money.currency
),
spent AS (
    SELECT
        customer_id,
        currency,
        min(day) AS first_move_date,
        sum(kobo)::bigint AS revenue_kobo,
        sum(kobo) FILTER (WHERE day > zuka_today() - 365)::bigint AS year_kobo,
        sum(kobo) FILTER (WHERE coalesce(days, 0) <= 30)::bigint AS kobo_30,
        sum(kobo) FILTER (WHERE coalesce(days, 0) <= 60)::bigint AS kobo_60,
        sum(kobo) FILTER (WHERE coalesce(days, 0) <= 90)::bigint AS kobo_90,
        sum(kobo) FILTER (WHERE coalesce(days, 0) <= 180)::bigint AS kobo_180,
        sum(kobo) FILTER (WHERE coalesce(days, 0) <= 365)::bigint AS kobo_365
    FROM moves
    GROUP BY customer_id, currency
)
SELECT
    customer_id,
    currency,
    coalesce(bought.first_date, spent.first_move_date) AS first_date,
    bought.second_date,
    bought.last_order_at,
    coalesce(bought.orders, 0) AS orders,
    coalesce(bought.year_orders, 0) AS year_orders,
    coalesce(bought.paid_orders, 0) AS paid_orders,
    coalesce(spent.revenue_kobo, 0) AS revenue_kobo,
    coalesce(spent.year_kobo, 0) AS year_kobo,
    coalesce(spent.kobo_30, 0) AS kobo_30,
    coalesce(spent.kobo_60, 0) AS kobo_60,
    coalesce(spent.kobo_90, 0) AS kobo_90,
    coalesce(spent.kobo_180, 0) AS kobo_180,
    coalesce(spent.kobo_365, 0) AS kobo_365
FROM bought
FULL JOIN spent USING (customer_id, currency)
