-- Counted orders without what they say of people: whose each is, as visits name them, and by a hash who the customer is.
SELECT
    order_id,
    order_ref,
    user_id,
    visitor_id,
    hashtextextended(customer, 0) AS customer_key,
    currency,
    placed_at,
    counts_as_placed
FROM ledger_orders
