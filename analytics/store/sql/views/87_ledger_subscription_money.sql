-- Money of subscriptions as it moved: in by charge, out by refund, which is negative, each on its own day. Money that
-- nothing was owed for, and the checks of cards, which go back by themselves, are no revenue.
WITH charged AS (
    SELECT
        charge.id AS charge_id,
        subscription.id AS subscription_id,
        subscription.user_id,
        plan.id AS plan_id,
        plan.name AS plan,
        charge.currency,
        charge.amount_kobo,
        charge.fee_kobo,
        charge.captured_at
    FROM commerce_subscription_charge AS charge
    JOIN commerce_subscription_invoice AS invoice ON invoice.id = charge.invoice_id
    JOIN commerce_subscription AS subscription ON subscription.id = invoice.subscription_id
    JOIN commerce_plan AS plan ON plan.id = invoice.plan_id
    JOIN commerce_user ON commerce_user.id = subscription.user_id
    WHERE charge.status = 'paid' AND charge.attention = '' AND invoice.kind <> 'card' AND NOT charge.is_test
        AND NOT (commerce_user.is_staff OR commerce_user.is_test)
)
SELECT charge_id, subscription_id, user_id, plan_id, plan, 'charge' AS kind, currency, amount_kobo, fee_kobo,
    captured_at AS moved_at
FROM charged
UNION ALL
SELECT charge_id, subscription_id, user_id, plan_id, plan, 'refund', charged.currency, -refund.amount_kobo, 0,
    refund.refunded_at
FROM charged
JOIN commerce_subscription_refund AS refund USING (charge_id)
WHERE refund.status = 'succeeded'
