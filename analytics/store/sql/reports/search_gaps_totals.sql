SELECT coalesce(sum(empty), 0)::bigint AS empty, coalesce(sum(lost), 0)::bigint AS lost
FROM rollup_searches
WHERE day BETWEEN %(first)s AND %(last)s
