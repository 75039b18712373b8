SELECT
    day,
    product_ref,
    currency,
    views,
    viewers AS unique_views,
    cart_adds,
    orders AS purchases,
    units,
    revenue_kobo,
    CASE WHEN views > 0 THEN round(orders::numeric / views, 4) END AS conversion_rate
FROM rollup_products
WHERE day > zuka_today() - 90
