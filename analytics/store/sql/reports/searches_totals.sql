SELECT
    coalesce(sum(searches), 0)::bigint AS searches,
    sum(found) / nullif(sum(counted), 0) AS results,
    coalesce(sum(followed), 0)::bigint AS followed,
    sum(followed) / nullif(sum(searches), 0) AS followed_share,
    coalesce(sum(refined), 0)::bigint AS refined,
    coalesce(sum(empty), 0)::bigint AS empty,
    sum(empty) / nullif(sum(counted), 0) AS empty_share,
    coalesce(sum(lost), 0)::bigint AS lost
FROM rollup_searches
WHERE day BETWEEN %(first)s AND %(last)s
