SELECT
    date_trunc(%(grain)s, day)::date AS bucket,
    event_type,
    sum(events)::bigint AS events,
    sum(claimed)::bigint AS claimed
FROM rollup_events
WHERE day BETWEEN %(first)s AND %(last)s AND (%(type)s = '' OR event_type = %(type)s)
GROUP BY 1, event_type
ORDER BY bucket DESC, events DESC, event_type
LIMIT %(limit)s
