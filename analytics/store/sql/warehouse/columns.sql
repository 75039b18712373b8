-- The columns of a table or view, with their types and whether they are never empty.
SELECT attname, format_type(atttypid, NULL), attnotnull
FROM pg_attribute
WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
