SELECT day, product_ref AS product_id, sum(views)::bigint AS view_count
FROM rollup_products GROUP BY day, product_ref HAVING sum(views) > 0
