SELECT max(warehouse_revision) FROM {table}
