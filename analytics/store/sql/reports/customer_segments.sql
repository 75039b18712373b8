WITH meanings (segment, meaning) AS (
    VALUES
        ('Champions', 'Ordered lately, often and for much.'),
        ('Loyal', 'Order often and for much, not quite lately.'),
        ('Promising', 'Ordered lately, and more than the least.'),
        ('New', 'Ordered lately, once and for little.'),
        ('Waning', 'Good customers whose last order is some time ago.'),
        ('Drowsy', 'Ordered little, some time ago.'),
        ('Cannot lose', 'Ordered the most, and have not for long: call them.'),
        ('At risk', 'Ordered well, and have not for long.'),
        ('Hibernating', 'Ordered little, long ago.'),
        ('Lost', 'Ordered little, the longest ago.'),
        ('Lapsed', 'Ordered before, not within the last 365 days.')
)
SELECT
    segment,
    meaning,
    customers,
    customers::numeric / sum(customers) OVER () AS share,
    orders,
    year_kobo,
    CASE WHEN sum(year_kobo) OVER () > 0 THEN year_kobo / sum(year_kobo) OVER () END AS revenue_share,
    round(year_kobo::numeric / customers)::bigint AS each_kobo,
    days_since
FROM (
    SELECT
        segment,
        count(*) AS customers,
        sum(year_orders)::bigint AS orders,
        sum(year_kobo)::bigint AS year_kobo,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY %(today)s::date - zuka_local_day(last_order_at)) AS days_since
    FROM user_analytics
    WHERE currency = %(currency)s
    GROUP BY segment
) AS segments
JOIN meanings USING (segment)
ORDER BY year_kobo DESC, segment
LIMIT %(limit)s
