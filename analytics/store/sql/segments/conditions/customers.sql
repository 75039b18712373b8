-- Customers as `user_analytics` has them: an account, or whoever made the first of a guest's orders.
SELECT coalesce(owners.person, customers.customer_id) AS person
FROM user_analytics AS customers
LEFT JOIN ledger_order_people AS owners ON owners.order_ref = customers.customer_id
WHERE customers.currency = {currency} AND {matches}
