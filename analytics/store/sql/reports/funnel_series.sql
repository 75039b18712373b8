WITH counted AS (
    SELECT
        'All visits' AS label,
        sum(viewed) AS viewed, sum(carted) AS carted, sum(checked_out) AS checked_out, sum(ordered) AS ordered
    FROM rollup_sessions
    WHERE day BETWEEN %(first)s AND %(last)s
),
steps AS (
    SELECT counted.label, step.*
    FROM counted CROSS JOIN LATERAL (
        VALUES
            (1, 'Viewed a product', viewed, viewed),
            (2, 'Added to the cart', carted, viewed),
            (3, 'Began the checkout', checked_out, carted),
            (4, 'Placed an order', ordered, checked_out)
    ) AS step (number, step, sessions, before)
)
SELECT step, coalesce(sessions, 0)::bigint AS sessions FROM steps ORDER BY number
