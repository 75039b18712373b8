-- What became of the goods of each order line. Each piece costs the same and the last one what is left of the line, as
-- orders price returns, refusals and cancellations: `kept_kobo` is for the pieces that the customer keeps, less their
-- discount, with tax on top. `cost_kobo` is of all that did not come back to be sold again; empty where unknown.
-- Orders from before parcels and returns were kept are told by their state.
WITH known AS (
    SELECT
        ledger_orders.order_id,
        ledger_orders.placed_at,
        ledger_orders.counts_as_placed,
        ledger_orders.currency,
        ledger_orders.status IN ('cancelled', 'expired') AS is_closed,
        ledger_orders.fulfilment_status = 'returned' AND returned.quantity IS NULL AS is_returned_untold,
        commerce_order_line.product_ref,
        commerce_order_line.quantity,
        commerce_order_line.cancelled_quantity,
        commerce_order_line.id AS line_id,
        commerce_order_line.total_kobo,
        commerce_order_line.unit_cost_kobo,
        commerce_order_line.total_kobo - commerce_order_line.discount_kobo + commerce_order_line.tax_kobo AS net_kobo,
        CASE
            WHEN ledger_orders.fulfilment_status = 'refused'
                THEN commerce_order_line.quantity - commerce_order_line.cancelled_quantity
            ELSE coalesce(refused.quantity, 0)
        END AS refused,
        coalesce(returned.quantity, 0) AS returned_told,
        coalesce(returned.sellable, 0) AS sellable_told
    FROM commerce_order_line
    JOIN ledger_orders ON ledger_orders.order_id = commerce_order_line.order_id
    LEFT JOIN LATERAL (
        SELECT sum(commerce_shipment_line.quantity) AS quantity
        FROM commerce_shipment_line
        JOIN commerce_shipment ON commerce_shipment.id = commerce_shipment_line.shipment_id
        WHERE commerce_shipment_line.line_id = commerce_order_line.id AND commerce_shipment.status = 'refused'
    ) AS refused ON true
    LEFT JOIN LATERAL (
        SELECT sum(commerce_return_line.quantity) AS quantity, sum(commerce_return_line.sellable) AS sellable
        FROM commerce_return_line
        JOIN commerce_return ON commerce_return.id = commerce_return_line.goods_return_id
        WHERE commerce_return_line.line_id = commerce_order_line.id
            AND commerce_return.status IN ('received', 'closed')
    ) AS returned ON true
),
counted AS (
    SELECT
        *,
        CASE WHEN is_returned_untold THEN quantity - cancelled_quantity - refused ELSE returned_told END AS returned,
        CASE WHEN is_returned_untold THEN quantity - cancelled_quantity - refused ELSE sellable_told END AS sellable
    FROM known
),
closed AS (
    SELECT *, CASE WHEN is_closed THEN quantity - refused - returned ELSE cancelled_quantity END AS cancelled
    FROM counted
),
gone AS (
    SELECT *, cancelled + refused + returned AS gone, quantity - cancelled - refused - sellable AS spent FROM closed
)
SELECT
    order_id,
    placed_at,
    counts_as_placed,
    currency,
    product_ref,
    quantity,
    total_kobo,
    refused,
    CASE WHEN gone < quantity THEN net_kobo - net_kobo / quantity * gone ELSE 0 END::bigint AS kept_kobo,
    CASE
        WHEN cancelled + refused < quantity THEN net_kobo / quantity * refused
        WHEN refused > 0 THEN net_kobo - net_kobo / quantity * cancelled
        ELSE 0
    END::bigint AS refused_kobo,
    CASE WHEN spent > 0 THEN unit_cost_kobo * spent ELSE 0 END::bigint AS cost_kobo,
    line_id
FROM gone
