-- The rows of some buckets as lines of JSON, as ClickHouse reads them sooner than anything that Python makes of rows.
SELECT line.warehouse_fingerprint, row_to_json(line)::text
FROM (
    SELECT
        {texts}, {bucket} AS warehouse_bucket, fingerprint AS warehouse_fingerprint,
        %(revision)s::bigint AS warehouse_revision, 0 AS warehouse_gone
    FROM (SELECT {columns}, {fingerprint} AS fingerprint FROM {table} WHERE {chosen}) AS told
    WHERE {bucket} = ANY(%(buckets)s)
) AS line
