-- Whose each order is, as visits name people: the account, else whoever the guest's browser turned out to be, else
-- that browser.
SELECT
    ledger_orders.order_id,
    ledger_orders.order_ref,
    ledger_orders.currency,
    ledger_orders.placed_at,
    ledger_orders.paid_at,
    coalesce(ledger_orders.user_id, analytics_identity_links.user_id, ledger_orders.visitor_id) AS person
FROM ledger_orders
LEFT JOIN analytics_identity_links ON analytics_identity_links.visitor_id = ledger_orders.visitor_id
