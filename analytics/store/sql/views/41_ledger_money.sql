-- Money of counted orders on the day it moved: what came in, and what went back, which is negative.
SELECT order_id, currency, amount_kobo, captured_at AS moved_at FROM ledger_payments
UNION ALL
SELECT order_id, currency, -amount_kobo, refunded_at FROM ledger_refunds
