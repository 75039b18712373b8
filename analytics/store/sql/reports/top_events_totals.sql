SELECT coalesce(sum(events), 0)::bigint AS events, coalesce(sum(claimed), 0)::bigint AS claimed
FROM rollup_events
WHERE day BETWEEN %(first)s AND %(last)s
