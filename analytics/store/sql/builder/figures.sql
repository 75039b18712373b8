{name} AS (SELECT {columns} FROM {table} AS facts {products} WHERE {conditions} {grouping})
