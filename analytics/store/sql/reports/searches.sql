SELECT
    query,
    sum(searches)::bigint AS searches,
    sum(found) / nullif(sum(counted), 0) AS results,
    sum(followed)::bigint AS followed,
    sum(followed) / nullif(sum(searches), 0) AS followed_share,
    sum(refined)::bigint AS refined,
    sum(empty)::bigint AS empty,
    sum(empty) / nullif(sum(counted), 0) AS empty_share,
    sum(lost)::bigint AS lost
FROM rollup_searches
WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY query
ORDER BY searches DESC, query
LIMIT %(limit)s
