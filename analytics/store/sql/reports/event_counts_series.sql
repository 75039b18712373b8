WITH buckets AS (
    SELECT DISTINCT date_trunc(%(grain)s, day)::date AS bucket
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
counted AS (
    SELECT date_trunc(%(grain)s, day)::date AS bucket, sum(events) AS events
    FROM rollup_events
    WHERE day BETWEEN %(first)s AND %(last)s AND (%(type)s = '' OR event_type = %(type)s)
    GROUP BY 1
)
SELECT bucket, coalesce(counted.events, 0)::bigint AS events
FROM buckets LEFT JOIN counted USING (bucket)
ORDER BY bucket
