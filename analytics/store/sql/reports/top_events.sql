WITH types AS (
    SELECT event_type, sum(events) AS events, sum(claimed) AS claimed
    FROM rollup_events
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY event_type
)
SELECT event_type, events::bigint, claimed::bigint, events / nullif(sum(events) OVER (), 0) AS share
FROM types
ORDER BY events DESC, event_type
LIMIT %(limit)s
