-- Orders first, then the other things that customers do themselves, by how often they happened. What staff and payment
-- providers do (refunds, cancellations) no browser can be expected to tell.
WITH names (event_type, fact) AS (
    VALUES
        ('order.created', 'Orders'), ('cart.item_added', 'Cart additions'), ('cart.item_removed', 'Cart removals'),
        ('checkout.started', 'Checkouts'), ('user.created', 'Sign-ups'), ('user.logged_in', 'Sign-ins'),
        ('user.logged_out', 'Sign-outs'), ('product.reviewed', 'Reviews')
),
counted AS (
    SELECT
        event_type, sum(facts) AS facts, sum(claims) AS claims, sum(matched) AS matched,
        sum(facts_kobo) AS facts_kobo, sum(claims_kobo) AS claims_kobo
    FROM rollup_claims
    WHERE day BETWEEN %(first)s AND %(last)s AND (%(platform)s = 'all' OR platform = %(platform)s)
    GROUP BY event_type
)
SELECT
    names.fact,
    facts::bigint, claims::bigint, matched::bigint,
    (facts - matched)::bigint AS missed,
    matched / nullif(facts, 0) AS seen,
    (claims - matched)::bigint AS unfounded,
    CASE WHEN counted.event_type = 'order.created' THEN facts_kobo::bigint END AS facts_kobo,
    CASE WHEN counted.event_type = 'order.created' THEN claims_kobo::bigint END AS claims_kobo
FROM counted JOIN names ON names.event_type = counted.event_type
ORDER BY counted.event_type <> 'order.created', facts DESC, 1
LIMIT %(limit)s
