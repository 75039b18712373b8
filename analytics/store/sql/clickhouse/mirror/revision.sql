SELECT max(warehouse_revision) FROM {table} WHERE {chosen}
