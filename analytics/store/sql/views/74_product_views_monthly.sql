SELECT date_trunc('month', day)::date AS month, product_ref AS product_id, sum(views)::bigint AS view_count
FROM rollup_products GROUP BY 1, product_ref HAVING sum(views) > 0
