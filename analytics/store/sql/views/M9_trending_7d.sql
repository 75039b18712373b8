-- Products with more interest in the last 7 days than in a usual week of the 28 days before. An addition to a cart
-- counts as five views, a piece ordered as twenty. Below ten it is chance.
WITH weighed AS (
    SELECT
        product_ref,
        day > zuka_today() - 7 AS is_now,
        views,
        cart_adds,
        units,
        views + 5 * cart_adds + 20 * units AS interest
    FROM rollup_products
    WHERE day > zuka_today() - 35
),
counted AS (
    SELECT
        product_ref,
        coalesce(sum(views) FILTER (WHERE is_now), 0)::bigint AS views,
        coalesce(sum(cart_adds) FILTER (WHERE is_now), 0)::bigint AS cart_adds,
        coalesce(sum(units) FILTER (WHERE is_now), 0)::bigint AS units,
        coalesce(sum(interest) FILTER (WHERE is_now), 0)::bigint AS interest,
        round(coalesce(sum(interest) FILTER (WHERE NOT is_now), 0) / 4, 2) AS usual_interest
    FROM weighed
    GROUP BY product_ref
)
SELECT * FROM counted WHERE interest >= 10 AND interest > usual_interest
