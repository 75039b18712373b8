    SELECT 'Everybody' AS label, taken FROM walked
