ALTER TABLE {table} {everywhere} DELETE {part} WHERE warehouse_gone = 1 SETTINGS mutations_sync = 2
