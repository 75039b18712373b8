-- Puts one row for a period, on its first day, in the place of all that an entity has within it; returns how many rows
-- there were, and are.
WITH gone AS (
    DELETE FROM {table} WHERE day BETWEEN %(first)s AND %(last)s RETURNING *
),
summed AS (
    INSERT INTO {table} (day, {keys}, {measures})
    SELECT %(first)s, {keys}, {sums} FROM gone GROUP BY {keys}
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM summed)
