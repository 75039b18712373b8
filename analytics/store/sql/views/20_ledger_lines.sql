-- Order lines with the moment and standing of their order.
SELECT
    commerce_order_line.id AS line_id,
    ledger_orders.order_id,
    ledger_orders.order_ref,
    ledger_orders.placed_at,
    ledger_orders.counts_as_placed,
    ledger_orders.currency,
    commerce_order_line.product_ref,
    commerce_order_line.quantity,
    commerce_order_line.total_kobo
FROM commerce_order_line
JOIN ledger_orders ON ledger_orders.order_id = commerce_order_line.order_id
