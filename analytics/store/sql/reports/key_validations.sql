WITH counted AS (
    SELECT
        source_key,
        sum(validations) AS validations,
        sum(validations) FILTER (WHERE result = 'success') AS success,
        sum(validations) FILTER (WHERE result = 'invalid_key') AS invalid_key,
        sum(validations) FILTER (WHERE result = 'expired') AS expired,
        sum(validations) FILTER (WHERE result = 'device_mismatch') AS device_mismatch,
        sum(validations) FILTER (WHERE result = 'rate_limited') AS rate_limited,
        max(day) AS last_day
    FROM ledger_validations
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY source_key
)
SELECT
    coalesce(keys.name, 'No such key') AS name,
    validations::bigint,
    coalesce(success, 0)::bigint AS success,
    coalesce(invalid_key, 0)::bigint AS invalid_key,
    coalesce(expired, 0)::bigint AS expired,
    coalesce(device_mismatch, 0)::bigint AS device_mismatch,
    coalesce(rate_limited, 0)::bigint AS rate_limited,
    (validations - coalesce(success, 0)) / validations AS refused_share,
    last_day
FROM counted LEFT JOIN ledger_keys AS keys ON keys.source_key = counted.source_key
ORDER BY validations DESC, name
LIMIT %(limit)s
