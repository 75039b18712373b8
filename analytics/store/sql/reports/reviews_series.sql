WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
rated AS (
    SELECT zuka_local_day(created_at) AS day, avg(rating) AS average
    FROM ledger_reviews
    WHERE created_at >= %(start)s AND created_at < %(end)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
            SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
        ))
    GROUP BY 1
)
SELECT days.day AS bucket, rated.average
FROM days LEFT JOIN rated ON rated.day = days.day
ORDER BY days.day
