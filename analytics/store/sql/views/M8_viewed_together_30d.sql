-- What the visitors of a product looked at as well, on the same day: of the last 30 days the commonest twelve of each.
WITH pairs AS (
    SELECT product_ref, other_ref, visits FROM rollup_viewed_pairs WHERE day > zuka_today() - 30
    UNION ALL
    SELECT other_ref, product_ref, visits FROM rollup_viewed_pairs WHERE day > zuka_today() - 30
),
summed AS (
    SELECT product_ref, other_ref, sum(visits)::bigint AS visits FROM pairs GROUP BY product_ref, other_ref
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY product_ref ORDER BY visits DESC, other_ref) AS place FROM summed
)
SELECT product_ref, other_ref, visits FROM placed WHERE place <= 12
