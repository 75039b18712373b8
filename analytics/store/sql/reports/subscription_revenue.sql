-- What came in for plans and went back, by month and plan.
SELECT
    to_char(zuka_local_day(moved_at), 'YYYY-MM') AS month,
    plan,
    count(*) FILTER (WHERE kind = 'charge') AS charges,
    coalesce(sum(amount_kobo) FILTER (WHERE kind = 'charge'), 0)::bigint AS charged_kobo,
    coalesce(-sum(amount_kobo) FILTER (WHERE kind = 'refund'), 0)::bigint AS refunded_kobo,
    sum(amount_kobo)::bigint AS revenue_kobo,
    sum(fee_kobo)::bigint AS fees_kobo
FROM ledger_subscription_money
WHERE moved_at >= %(start)s AND moved_at < %(end)s AND currency = %(currency)s
GROUP BY 1, plan_id, plan
ORDER BY 1 DESC, revenue_kobo DESC, plan
LIMIT %(limit)s
