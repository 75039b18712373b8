-- One page of searches, newest first.
WITH told AS (
    SELECT
        occurred_at,
        left(btrim(regexp_replace(lower(coalesce(search_query, '')), '\s+', ' ', 'g')), 200) AS query,
        CASE WHEN properties ->> 'results' ~ '^[0-9]{1,9}$' THEN (properties ->> 'results')::bigint END AS results,
        coalesce(events.user_id, links.user_id, events.visitor_id) AS visitor, platform, page_path, id
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE event_type = 'product.searched' AND flags <> ALL(%(bot_flags)s)
        AND occurred_at >= %(start)s AND occurred_at <= %(before)s
)
SELECT occurred_at, query, results, visitor, platform, page_path, id
FROM told
WHERE (occurred_at, id) < (%(before)s, %(before_id)s::uuid)
    AND (%(query)s = '' OR query = %(query)s)
    AND (%(found)s = 'any' OR results = 0)
ORDER BY occurred_at DESC, id DESC
LIMIT %(limit)s
