-- Every table of the database with its indexes; months count for the table that they are part of.
WITH parts AS (
    SELECT
        coalesce(pg_partition_root(pg_class.oid), pg_class.oid) AS root,
        greatest(pg_class.reltuples, 0) AS rows,
        pg_table_size(pg_class.oid) AS table_bytes,
        pg_indexes_size(pg_class.oid) AS index_bytes
    FROM pg_class
    WHERE pg_class.relkind IN ('r', 'm') AND pg_class.relnamespace = current_schema()::regnamespace
)
SELECT
    pg_class.relname AS name,
    sum(parts.table_bytes)::bigint AS table_bytes,
    sum(parts.index_bytes)::bigint AS index_bytes,
    sum(parts.rows)::bigint AS rows
FROM parts
JOIN pg_class ON pg_class.oid = parts.root
GROUP BY pg_class.relname
ORDER BY pg_class.relname
