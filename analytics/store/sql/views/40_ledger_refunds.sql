-- Money that went back, on the day it went.
SELECT
    commerce_refund.id AS refund_id,
    ledger_payments.order_id,
    ledger_payments.order_ref,
    ledger_payments.payment_method,
    ledger_payments.channel,
    ledger_payments.currency,
    commerce_refund.amount_kobo,
    commerce_refund.refunded_at
FROM commerce_refund
JOIN ledger_payments ON ledger_payments.payment_id = commerce_refund.payment_id
WHERE commerce_refund.status = 'succeeded'
