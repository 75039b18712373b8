-- The first order of each customer that counts: one with none before it. For a few orders those before are looked up by
-- the index of customers (commerce: order_customer), for many they are all read once.
SELECT mine.order_id, mine.customer, mine.placed_at
FROM ledger_orders AS mine
WHERE mine.counts_as_placed AND NOT EXISTS (
    SELECT
    FROM ledger_orders AS earlier
    WHERE earlier.customer = mine.customer AND earlier.counts_as_placed
        AND (earlier.placed_at, earlier.order_id) < (mine.placed_at, mine.order_id)
)
