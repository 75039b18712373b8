-- The rows of some buckets, each with its bucket and its fingerprint.
SELECT {texts}, {bucket} AS bucket, fingerprint
FROM (SELECT {columns}, {fingerprint} AS fingerprint FROM {table} WHERE {chosen}) AS told
WHERE {bucket} = ANY(%(buckets)s)
