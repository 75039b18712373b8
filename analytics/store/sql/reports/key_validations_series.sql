WITH days AS (
    SELECT day::date AS bucket FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
counted AS (
    SELECT
        day AS bucket,
        sum(validations) FILTER (WHERE result = 'success') AS success,
        sum(validations) FILTER (WHERE result = 'invalid_key') AS invalid_key,
        sum(validations) FILTER (WHERE result = 'expired') AS expired,
        sum(validations) FILTER (WHERE result = 'device_mismatch') AS device_mismatch,
        sum(validations) FILTER (WHERE result = 'rate_limited') AS rate_limited
    FROM ledger_validations
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY day
)
SELECT
    bucket,
    coalesce(success, 0)::bigint AS success,
    coalesce(invalid_key, 0)::bigint AS invalid_key,
    coalesce(expired, 0)::bigint AS expired,
    coalesce(device_mismatch, 0)::bigint AS device_mismatch,
    coalesce(rate_limited, 0)::bigint AS rate_limited
FROM days LEFT JOIN counted USING (bucket)
ORDER BY bucket
