INSERT INTO {table} ({columns}, warehouse_bucket, warehouse_fingerprint, warehouse_revision, warehouse_gone)
SELECT {columns}, warehouse_bucket, warehouse_fingerprint, {revision}, 1
FROM {table}
WHERE {chosen} AND has({buckets}, warehouse_bucket) AND has({fingerprints}, warehouse_fingerprint)
