-- The lines of every order again, for its copies.
INSERT INTO commerce_order_line
SELECT made.*
FROM commerce_order_line AS lines
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL jsonb_populate_record(lines, jsonb_build_object(
    'id', lines.id + copy * %(apart)s::bigint, 'order_id', lines.order_id + copy * %(apart)s::bigint
)) AS made
WHERE lines.order_id < %(apart)s
