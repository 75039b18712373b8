-- One day's searches by what was asked for. What came after is the same visitor's next search or interest in a product,
-- within half an hour and on the same day, so that a day is counted from its own events alone.
WITH told AS (
    SELECT
        coalesce(visitor_id, user_id) AS visitor, occurred_at, id, event_type = 'product.searched' AS is_search,
        left(btrim(regexp_replace(lower(coalesce(search_query, '')), '\s+', ' ', 'g')), 200) AS query,
        CASE WHEN properties ->> 'results' ~ '^[0-9]{1,9}$' THEN (properties ->> 'results')::bigint END AS results
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s) AND event_type IN (
        'product.searched', 'product.clicked', 'product.viewed', 'cart.item_added', 'checkout.started', 'order.created'
    )
),
ordered AS (
    SELECT
        *,
        lead(is_search) OVER in_order AS is_next_search,
        coalesce(lead(occurred_at) OVER in_order - occurred_at < interval '30 minutes', false) AS goes_on
    FROM told
    WINDOW in_order AS (PARTITION BY visitor ORDER BY occurred_at, id)
)
SELECT
    %(day)s::date AS day,
    query,
    count(*) AS searches,
    count(results) AS counted,
    coalesce(sum(results), 0)::bigint AS found,
    count(*) FILTER (WHERE goes_on AND NOT is_next_search) AS followed,
    count(*) FILTER (WHERE goes_on AND is_next_search) AS refined,
    count(*) FILTER (WHERE results = 0) AS empty,
    count(*) FILTER (WHERE results = 0 AND NOT goes_on) AS lost
FROM ordered
WHERE is_search
GROUP BY query
