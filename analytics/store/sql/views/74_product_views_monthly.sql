-- Of years that are counted as a whole no month is known: they are in the view by year.
SELECT date_trunc('month', day)::date AS month, product_ref AS product_id, sum(views)::bigint AS view_count
FROM rollup_products
WHERE NOT EXISTS (
    SELECT FROM analytics_compacted_periods AS periods
    WHERE periods.first_day = rollup_products.day AND periods.grain = 'year'
)
GROUP BY 1, product_ref HAVING sum(views) > 0
