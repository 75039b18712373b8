-- What each counted order brought until now: money in less money back, and what is left of it after the cost of goods
-- and the providers' fees. Without any money yet there is no cost either; an unknown cost makes an unknown margin.
-- LATERAL, so that only the orders of a period are looked into.
SELECT
    ledger_orders.order_id,
    ledger_orders.customer,
    ledger_orders.currency,
    ledger_orders.placed_at,
    ledger_orders.counts_as_placed,
    ledger_orders.paid_at,
    (coalesce(received.kobo, 0) - coalesce(refunded.kobo, 0))::bigint AS revenue_kobo,
    CASE
        WHEN received.kobo IS NULL THEN 0
        ELSE received.kobo - coalesce(refunded.kobo, 0) - received.fee_kobo - goods.cost_kobo
    END::bigint AS margin_kobo
FROM ledger_orders
LEFT JOIN LATERAL (
    SELECT sum(ledger_payments.amount_kobo) AS kobo, sum(ledger_payments.fee_kobo) AS fee_kobo
    FROM ledger_payments
    WHERE ledger_payments.order_id = ledger_orders.order_id AND ledger_payments.currency = ledger_orders.currency
) AS received ON true
LEFT JOIN LATERAL (
    SELECT sum(ledger_refunds.amount_kobo) AS kobo
    FROM ledger_refunds
    WHERE ledger_refunds.order_id = ledger_orders.order_id AND ledger_refunds.currency = ledger_orders.currency
) AS refunded ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(ledger_goods.cost_kobo) THEN sum(ledger_goods.cost_kobo) END AS cost_kobo
    FROM ledger_goods
    WHERE ledger_goods.order_id = ledger_orders.order_id
) AS goods ON true
