-- Partitions count for the table that they are part of.
WITH parts AS (
    SELECT
        coalesce(pg_partition_root(pg_class.oid), pg_class.oid) AS root,
        greatest(pg_class.reltuples, 0) AS rows,
        pg_table_size(pg_class.oid) AS table_bytes,
        pg_indexes_size(pg_class.oid) AS index_bytes
    FROM pg_class
    WHERE pg_class.relkind IN ('r', 'm') AND pg_class.relnamespace = 'public'::regnamespace
)
SELECT
    root::regclass::text AS name,
    count(*) FILTER (WHERE pg_class.relkind = 'p') AS partitions,
    sum(parts.rows)::bigint AS rows,
    sum(parts.table_bytes)::numeric / 1000000 AS table_mb,
    sum(parts.index_bytes)::numeric / 1000000 AS index_mb,
    sum(parts.table_bytes + parts.index_bytes)::numeric / 1000000 AS total_mb,
    sum(parts.table_bytes + parts.index_bytes)::numeric
        / nullif(sum(sum(parts.table_bytes + parts.index_bytes)) OVER (), 0) AS share
FROM parts
JOIN pg_class ON pg_class.oid = parts.root
GROUP BY root
ORDER BY total_mb DESC, name
LIMIT %(limit)s
