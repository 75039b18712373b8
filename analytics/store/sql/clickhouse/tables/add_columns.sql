ALTER TABLE {table} {everywhere} {columns}
