-- Every customer again for each other crowd.
INSERT INTO commerce_user
SELECT made.*
FROM commerce_user AS people
CROSS JOIN generate_series(1, %(crowds)s::integer) AS copies (copy)
CROSS JOIN LATERAL (SELECT lpad(to_hex(copy), 2, '0') AS crowd) AS named
CROSS JOIN LATERAL jsonb_populate_record(people, jsonb_build_object(
    'id', md5(people.id::text || crowd)::uuid,
    'email', crowd || people.email,
    'phone', NULL
)) AS made
WHERE NOT people.is_staff
