WITH moments AS (
    SELECT min(occurred_at) AS first_at, max(occurred_at) AS last_at FROM analytics_events
    UNION ALL
    SELECT min(placed_at), greatest(max(placed_at), max(paid_at), max(delivered_at)) FROM ledger_orders
    UNION ALL
    SELECT min(captured_at), max(captured_at) FROM ledger_payments
    UNION ALL
    SELECT min(refunded_at), max(refunded_at) FROM ledger_refunds
),
filled AS (SELECT min(day) AS first_day, max(day) AS last_day FROM analytics_fill_state WHERE rows > 0)
SELECT
    least(min(zuka_local_day(first_at)), min(filled.first_day)),
    greatest(max(zuka_local_day(last_at)), max(filled.last_day))
FROM moments CROSS JOIN filled
