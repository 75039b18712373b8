-- The partitions of a table that say of themselves that they are packed.
SELECT partitions.relname
FROM pg_inherits
JOIN pg_class AS partitions ON partitions.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = %(table)s::regclass AND %(mark)s = ANY(partitions.reloptions)
ORDER BY partitions.relname
