-- How many rows a table has on each day and of each name, and of every column a sum of hashes of its texts.
SELECT {group}, count(*), {sums}
FROM {table}
WHERE {chosen}
GROUP BY 1, 2
