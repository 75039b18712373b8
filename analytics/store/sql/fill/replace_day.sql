-- Makes a day of a rollup what counting gives. Most of a day that is counted again is as it was, and rewriting a row with
-- its places in every index costs more than counting it: only rows that one side alone has are deleted or inserted. A
-- row that changed is both, so its old one goes first: whoever inserts waits for the count of those.
WITH counted AS MATERIALIZED ({select}),
compared AS MATERIALIZED (
    SELECT {columns}, max(place) AS place
    FROM (
        SELECT {columns}, NULL::tid AS place FROM counted
        UNION ALL
        SELECT {columns}, ctid FROM {table} WHERE day = %(day)s
    ) AS both_sides
    GROUP BY {columns}
    HAVING count(*) = 1
),
gone AS (
    DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT place FROM compared WHERE place IS NOT NULL)) RETURNING 1
),
new AS (
    INSERT INTO {table} ({columns})
    SELECT {columns} FROM compared WHERE place IS NULL AND (SELECT count(*) FROM gone) >= 0
)
SELECT {told}
