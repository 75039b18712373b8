-- Whose each counted order is, never empty.
SELECT
    orders.order_id AS order_id, orders.order_ref AS order_ref,
    coalesce(orders.user_id, links.user_id, orders.visitor_id, orders.order_ref) AS person
FROM ledger_order_keys AS orders
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = orders.visitor_id
SETTINGS join_use_nulls = 1
