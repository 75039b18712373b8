CREATE TABLE IF NOT EXISTS {table} {everywhere} (
    {columns},
    warehouse_bucket Int64,
    warehouse_fingerprint Int64,
    warehouse_revision UInt64,
    warehouse_gone UInt8
)
ENGINE = {engine}
PARTITION BY {partition}
ORDER BY ({key})
{tiers}
SETTINGS allow_nullable_key = 1{policy}
