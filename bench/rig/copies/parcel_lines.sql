-- What was in the parcels again, for their copies.
INSERT INTO commerce_shipment_line
SELECT made.*
FROM commerce_shipment_line AS lines
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL jsonb_populate_record(lines, jsonb_build_object(
    'id', lines.id + copy * %(apart)s::bigint,
    'line_id', lines.line_id + copy * %(apart)s::bigint,
    'shipment_id', lines.shipment_id + copy * %(apart)s::bigint
)) AS made
WHERE lines.shipment_id < %(apart)s
