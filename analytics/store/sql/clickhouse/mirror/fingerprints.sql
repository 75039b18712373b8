SELECT warehouse_fingerprint FROM {table} WHERE {chosen} AND has({buckets}, warehouse_bucket)
