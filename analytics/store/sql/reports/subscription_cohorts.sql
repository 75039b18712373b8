-- Of those who first paid for a plan in a month, how many pay for one at the end of each month after it. A month's cell
-- is ripe once that month is over; until then it is empty.
WITH firsts AS (
    SELECT user_id, date_trunc('month', zuka_local_day(min(occurred_at)))::date AS month
    FROM ledger_subscription_moves
    WHERE paying_change > 0 AND currency = %(currency)s
    GROUP BY user_id
),
cohorts AS (
    SELECT month, count(*) AS customers FROM firsts GROUP BY month
),
steps AS (
    SELECT firsts.month, move.user_id, move.paying_change,
        date_trunc('month', zuka_local_day(move.occurred_at))::date AS moved_month
    FROM ledger_subscription_moves AS move
    JOIN firsts USING (user_id)
    WHERE move.currency = %(currency)s AND move.paying_change <> 0
),
cells AS (
    SELECT cohorts.month, cohorts.customers, after,
        coalesce((
            SELECT sum(paying_change) FROM steps
            WHERE steps.month = cohorts.month AND steps.moved_month <= cohorts.month + make_interval(months => after)
        ), 0)::numeric / cohorts.customers AS kept
    FROM cohorts CROSS JOIN generate_series(1, 12) AS after
    WHERE cohorts.month + make_interval(months => after + 1) <= %(today)s
)
SELECT
    to_char(cohorts.month, 'YYYY-MM') AS month,
    cohorts.customers,
    max(kept) FILTER (WHERE after = 1) AS month_1,
    max(kept) FILTER (WHERE after = 2) AS month_2,
    max(kept) FILTER (WHERE after = 3) AS month_3,
    max(kept) FILTER (WHERE after = 4) AS month_4,
    max(kept) FILTER (WHERE after = 5) AS month_5,
    max(kept) FILTER (WHERE after = 6) AS month_6,
    max(kept) FILTER (WHERE after = 7) AS month_7,
    max(kept) FILTER (WHERE after = 8) AS month_8,
    max(kept) FILTER (WHERE after = 9) AS month_9,
    max(kept) FILTER (WHERE after = 10) AS month_10,
    max(kept) FILTER (WHERE after = 11) AS month_11,
    max(kept) FILTER (WHERE after = 12) AS month_12
FROM cohorts
LEFT JOIN cells USING (month)
GROUP BY cohorts.month, cohorts.customers
ORDER BY 1 DESC
LIMIT %(limit)s
