-- The parcels of every order again, for its copies.
INSERT INTO commerce_shipment
SELECT made.*
FROM commerce_shipment AS parcels
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL jsonb_populate_record(parcels, jsonb_build_object(
    'id', parcels.id + copy * %(apart)s::bigint, 'order_id', parcels.order_id + copy * %(apart)s::bigint
)) AS made
WHERE parcels.order_id < %(apart)s
