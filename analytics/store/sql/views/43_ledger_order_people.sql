-- Whose each order is, never empty: the account, else whoever the guest's browser turned out to be, else that browser,
-- else nobody but the order itself.
SELECT
    commerce_order.id AS order_id,
    commerce_order.number AS order_ref,
    coalesce(
        commerce_order.user_id::text, analytics_identity_links.user_id, commerce_order.visitor_id, commerce_order.number
    ) AS person
FROM commerce_order
LEFT JOIN analytics_identity_links ON analytics_identity_links.visitor_id = commerce_order.visitor_id
