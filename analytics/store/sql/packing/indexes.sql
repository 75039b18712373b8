-- The B-trees of a table with their bytes. What a rebuild that was ended half way left is not valid.
SELECT indexes.relname, pg_relation_size(indexes.oid), pg_index.indisvalid
FROM pg_index
JOIN pg_class AS indexes ON indexes.oid = pg_index.indexrelid
JOIN pg_am ON pg_am.oid = indexes.relam
WHERE pg_index.indrelid = %(table)s::regclass AND pg_am.amname = 'btree'
ORDER BY indexes.relname
