-- Takes tokens from every bucket, or from none: the twin of take.lua. A row stays locked until the statement ends, and is
-- read as whoever had it before left it. Buckets that are not there yet give no row.
WITH asked AS (
    SELECT place, name, cost, capacity, rate
    FROM unnest(%(names)s::text[], %(costs)s::float8[], %(capacities)s::float8[], %(rates)s::float8[])
        WITH ORDINALITY AS asked (name, cost, capacity, rate, place)
),
locked AS (
    SELECT name, tokens, filled_at FROM platform_rate_bucket WHERE name = ANY(%(names)s) ORDER BY name FOR UPDATE
),
filled AS (
    SELECT
        asked.place, asked.name, asked.cost, asked.rate,
        least(
            asked.capacity,
            locked.tokens
            + greatest(0, extract(epoch FROM clock_timestamp() - locked.filled_at)::float8) * asked.rate
        ) AS tokens
    FROM asked JOIN locked ON locked.name = asked.name
),
verdict AS (
    SELECT count(*) = cardinality(%(names)s) AND bool_and(tokens >= cost) AS is_taken FROM filled
),
taken AS (
    UPDATE platform_rate_bucket AS bucket
    SET tokens = filled.tokens - filled.cost, filled_at = clock_timestamp()
    FROM filled, verdict
    WHERE bucket.name = filled.name AND verdict.is_taken
)
SELECT
    verdict.is_taken,
    filled.tokens - CASE WHEN verdict.is_taken THEN filled.cost ELSE 0 END AS tokens,
    greatest(0, (filled.cost - filled.tokens) / filled.rate) AS wait
FROM filled CROSS JOIN verdict
ORDER BY filled.place
