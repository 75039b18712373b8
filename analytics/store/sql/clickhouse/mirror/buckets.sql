SELECT warehouse_bucket, count(), sum(warehouse_fingerprint) FROM {table} WHERE {chosen} GROUP BY warehouse_bucket
