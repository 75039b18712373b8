-- How many rows each bucket of a table has, and what they add up to: equal on both sides exactly where the rows are.
SELECT {bucket} AS bucket, count(*), sum(fingerprint)
FROM (SELECT {columns}, {fingerprint} AS fingerprint FROM {table} WHERE {chosen}) AS told
GROUP BY 1
