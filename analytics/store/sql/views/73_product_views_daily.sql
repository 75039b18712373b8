-- Of months and years that are counted as a whole no day is known: they are in the views by month and year.
SELECT day, product_ref AS product_id, sum(views)::bigint AS view_count
FROM rollup_products
WHERE NOT EXISTS (SELECT FROM analytics_compacted_periods AS periods WHERE periods.first_day = rollup_products.day)
GROUP BY day, product_ref HAVING sum(views) > 0
