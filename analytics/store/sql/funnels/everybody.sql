    SELECT 'Everybody' AS label, (SELECT count(*) FROM begun) AS people_1, {counts}
    FROM taken
    HAVING EXISTS (SELECT FROM begun)
