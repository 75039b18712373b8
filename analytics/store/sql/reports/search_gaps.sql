-- The closest product that customers cannot buy: by the likeness of the words, not lower than 0.4 of 1.
WITH gaps AS (
    SELECT query, sum(empty)::bigint AS empty, sum(lost)::bigint AS lost
    FROM rollup_searches
    WHERE day BETWEEN %(first)s AND %(last)s AND empty > 0
    GROUP BY query
    ORDER BY lost DESC, empty DESC, query
    LIMIT %(limit)s
)
SELECT query, empty, lost, closest.name AS product, closest.product_ref, closest.state
FROM gaps
LEFT JOIN LATERAL (
    SELECT name, product_ref, state
    FROM ledger_hidden_products
    WHERE word_similarity(gaps.query, name) >= 0.4
    ORDER BY word_similarity(gaps.query, name) DESC, similarity(gaps.query, name) DESC, product_ref
    LIMIT 1
) AS closest ON true
ORDER BY lost DESC, empty DESC, query
