-- One day's pairs of products that the same visitor looked at: of each visitor the first twenty products, so that who
-- looks at everything does not count more pairs than all others. Each pair is there once, the smaller reference first.
WITH looked AS (
    SELECT coalesce(visitor_id, user_id) AS visitor, product_ref, min(occurred_at) AS first_at
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND event_type = 'product.viewed' AND product_ref IS NOT NULL
    GROUP BY coalesce(visitor_id, user_id), product_ref
),
placed AS (
    SELECT visitor, product_ref, row_number() OVER (PARTITION BY visitor ORDER BY first_at, product_ref) AS place
    FROM looked
),
kept AS (
    SELECT visitor, product_ref FROM placed WHERE place <= 20
)
SELECT
    %(day)s::date AS day,
    kept.product_ref,
    other.product_ref AS other_ref,
    count(*)::bigint AS visits
FROM kept
JOIN kept AS other ON other.visitor = kept.visitor AND other.product_ref > kept.product_ref
GROUP BY kept.product_ref, other.product_ref
