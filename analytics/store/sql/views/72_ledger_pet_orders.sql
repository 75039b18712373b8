-- Orders that a pet has influenced, with the persona: one holds a product that the pet showed to its customer, who put
-- it in their cart within 24 hours of that, and ordered within 24 hours of putting it in. It counts for the persona
-- that showed such a product last. LATERAL, so that only the orders of a period are looked into.
SELECT
    ledger_orders.order_id,
    ledger_orders.placed_at,
    ledger_orders.currency,
    ledger_orders.counts_as_placed,
    latest.persona
FROM ledger_orders
JOIN LATERAL (
    SELECT shown.properties ->> 'persona' AS persona
    FROM ledger_lines
    JOIN analytics_events AS added
        ON added.event_type = 'cart.item_added' AND added.user_id = ledger_orders.user_id
        AND added.product_ref = ledger_lines.product_ref
        AND added.occurred_at BETWEEN ledger_orders.placed_at - interval '1 day' AND ledger_orders.placed_at
    JOIN analytics_events AS shown
        ON shown.event_type = 'pet.recommendation_shown' AND shown.user_id = ledger_orders.user_id
        AND shown.product_ref = ledger_lines.product_ref
        AND shown.occurred_at BETWEEN added.occurred_at - interval '1 day' AND added.occurred_at
    WHERE ledger_lines.order_id = ledger_orders.order_id
    ORDER BY shown.occurred_at DESC
    LIMIT 1
) AS latest ON true
