-- What people are called whom ClickHouse knows by their ids alone.
SELECT {key}::text, {value} FROM {table} WHERE {key} = ANY(%(keys)s::uuid[])
