-- Rows that ClickHouse has counted, with the types of the table that they are for.
SELECT {columns} FROM json_populate_recordset(NULL::{table}, %(counted_there)s::json)
