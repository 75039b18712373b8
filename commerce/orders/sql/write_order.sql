-- A new order with its number, its lines and the first row of its timeline. Returns nothing, and writes nothing, where
-- the year has no sequence of numbers yet; else the order's id and number, and its lines' ids in their order.
WITH numbered AS MATERIALIZED (
    SELECT nextval(to_regclass(%(sequence)s)) AS place
),

placed AS (
    INSERT INTO commerce_order (number, {order_columns})
    SELECT %(prefix)s || lpad(place::text, greatest(6, length(place::text)), '0'), {order_columns}
    FROM numbered
    CROSS JOIN jsonb_populate_record(NULL::commerce_order, %(order)s::jsonb)
    WHERE place IS NOT NULL
    RETURNING id, number
),

lines AS (
    INSERT INTO commerce_order_line (order_id, {line_columns})
    SELECT placed.id, {line_values}
    FROM placed
    CROSS JOIN jsonb_populate_recordset(NULL::commerce_order_line, %(lines)s::jsonb) AS line
    RETURNING id
),

told AS (
    INSERT INTO commerce_order_event (order_id, {event_columns})
    SELECT placed.id, {event_values}
    FROM placed
    CROSS JOIN jsonb_populate_record(NULL::commerce_order_event, %(event)s::jsonb) AS event
)

SELECT placed.id, placed.number, ARRAY(SELECT id FROM lines ORDER BY id) FROM placed
