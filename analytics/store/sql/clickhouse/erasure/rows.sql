SELECT {columns}, warehouse_bucket, warehouse_fingerprint FROM {table} WHERE {theirs}
