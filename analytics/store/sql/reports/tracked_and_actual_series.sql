-- Orders by day: placed, and told by a client.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
orders AS (
    SELECT day, sum(facts) AS facts, sum(matched) AS matched
    FROM rollup_claims
    WHERE day BETWEEN %(first)s AND %(last)s AND event_type = 'order.created'
        AND (%(platform)s = 'all' OR platform = %(platform)s)
    GROUP BY day
)
SELECT days.day AS bucket, coalesce(facts, 0)::bigint AS facts, coalesce(matched, 0)::bigint AS matched
FROM days LEFT JOIN orders ON orders.day = days.day
ORDER BY days.day
