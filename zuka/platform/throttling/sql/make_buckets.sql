-- Makes the full buckets that are not there yet.
INSERT INTO platform_rate_bucket (name, tokens, filled_at)
SELECT name, capacity, clock_timestamp()
FROM unnest(%(names)s::text[], %(capacities)s::float8[]) AS asked (name, capacity)
ORDER BY name
ON CONFLICT (name) DO NOTHING
