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
