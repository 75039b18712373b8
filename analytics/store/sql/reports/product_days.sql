WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),

figures AS (
    SELECT
        day,
        sum(views) AS views,
        sum(cart_adds) AS cart_adds,
        sum(orders) FILTER (WHERE currency = %(currency)s) AS orders,
        sum(units) FILTER (WHERE currency = %(currency)s) AS units,
        sum(revenue_kobo) FILTER (WHERE currency = %(currency)s) AS revenue_kobo
    FROM rollup_products
    WHERE product_ref = %(product)s AND day BETWEEN %(first)s AND %(last)s AND (%(brands)s::bigint[] IS NULL OR product_ref IN (
        SELECT product_ref FROM ledger_products WHERE brand_id = ANY(%(brands)s::bigint[])
    ))
    GROUP BY day
)

SELECT
    days.day,
    coalesce(figures.views, 0)::bigint AS views,
    coalesce(figures.cart_adds, 0)::bigint AS cart_adds,
    coalesce(figures.orders, 0)::bigint AS orders,
    coalesce(figures.units, 0)::bigint AS units,
    coalesce(figures.revenue_kobo, 0)::bigint AS revenue_kobo,
    figures.cart_adds / nullif(figures.views, 0) AS view_to_cart,
    figures.orders / nullif(figures.cart_adds, 0) AS cart_to_order,
    figures.orders / nullif(figures.views, 0) AS conversion
FROM days
LEFT JOIN figures ON figures.day = days.day
ORDER BY days.day
