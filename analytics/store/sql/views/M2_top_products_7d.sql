SELECT
    product_ref,
    currency,
    sum(views)::bigint AS views_last_7d,
    sum(units)::bigint AS sold_last_7d,
    sum(revenue_kobo)::bigint AS revenue_kobo_last_7d
FROM rollup_products
WHERE day > zuka_today() - 7
GROUP BY product_ref, currency
