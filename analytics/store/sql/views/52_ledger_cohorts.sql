-- Each customer by the month of their first order: when they ordered a second time, and what they brought until now.
-- Orders of different currencies are different customers' here: amounts are never added.
WITH counted AS (
    SELECT
        ledger_order_money.customer,
        ledger_order_money.currency,
        ledger_order_money.paid_at,
        ledger_order_money.revenue_kobo,
        zuka_local_day(ledger_order_money.placed_at) AS day,
        row_number() OVER (
            PARTITION BY ledger_order_money.customer, ledger_order_money.currency
            ORDER BY ledger_order_money.placed_at, ledger_order_money.order_id
        ) AS position
    FROM ledger_order_money
    WHERE ledger_order_money.counts_as_placed
)
SELECT
    customer,
    currency,
    min(day) AS first_date,
    min(day) FILTER (WHERE position = 2) AS second_date,
    count(*) AS orders,
    count(paid_at) AS paid_orders,
    sum(revenue_kobo)::bigint AS revenue_kobo
FROM counted
GROUP BY customer, currency
