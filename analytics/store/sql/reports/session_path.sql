-- What one visit's device told and what the shop recorded of it, first things first. Bots never have a visit.
WITH visit AS (
    SELECT visitor, started_at, ended_at FROM analytics_sessions
    WHERE id = substring(lower(%(visit)s) FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')::uuid
)
SELECT
    occurred_at, event_type, CASE WHEN source_key IS NULL THEN 'Shop' ELSE 'Client' END AS said_by,
    coalesce(page_path, screen_name) AS page,
    coalesce(names.name, events.product_ref) AS product, search_query, order_ref,
    value_kobo, currency, nullif(concat_ws(' / ', utm_source, utm_medium, utm_campaign), '') AS campaign, user_id
FROM analytics_events AS events
LEFT JOIN ledger_products AS names ON names.product_ref = events.product_ref
WHERE occurred_at >= (SELECT started_at FROM visit) AND occurred_at <= (SELECT ended_at FROM visit)
    AND coalesce(visitor_id, user_id) = (SELECT visitor FROM visit)
ORDER BY occurred_at, events.id
LIMIT %(limit)s
