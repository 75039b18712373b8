-- Money that came in for counted orders, on the day it came.
SELECT
    commerce_payment.id AS payment_id,
    ledger_orders.order_id,
    ledger_orders.order_ref,
    ledger_orders.payment_method,
    ledger_orders.channel,
    commerce_payment.provider,
    commerce_payment.currency,
    commerce_payment.amount_kobo,
    commerce_payment.fee_kobo,
    commerce_payment.captured_at
FROM commerce_payment
JOIN ledger_orders ON ledger_orders.order_id = commerce_payment.order_id
WHERE commerce_payment.status IN ('captured', 'partially_refunded', 'refunded') AND NOT commerce_payment.is_test
