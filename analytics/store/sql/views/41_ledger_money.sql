-- Money of counted orders as it moved: in by payment, out by refund, which is negative, each on its own day.
SELECT order_id, order_ref, payment_id AS move_id, 'payment' AS kind, provider, currency, amount_kobo,
    captured_at AS moved_at
FROM ledger_payments
UNION ALL
SELECT order_id, order_ref, refund_id, 'refund', NULL, currency, -amount_kobo, refunded_at
FROM ledger_refunds
