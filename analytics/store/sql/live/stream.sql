-- What happened last, without who did it: everybody who may see reports may read this.
WITH latest AS (
    SELECT id, occurred_at, event_type, product_ref, page_path, screen_name, search_query, value_kobo, currency, city,
        state, device_type
    FROM analytics_events
    WHERE occurred_at >= %(since)s AND occurred_at <= %(now)s AND flags <> ALL(%(bot_flags)s)
        AND NOT event_type = ANY(%(quiet)s)
    ORDER BY occurred_at DESC, id DESC
    LIMIT %(limit)s
)
SELECT
    latest.id, latest.occurred_at, latest.event_type,
    coalesce(ledger_products.name, latest.search_query, latest.page_path, latest.screen_name, latest.product_ref)
        AS what,
    latest.value_kobo, latest.currency, coalesce(latest.city, latest.state) AS place, latest.device_type
FROM latest
LEFT JOIN ledger_products ON ledger_products.product_ref = latest.product_ref
ORDER BY latest.occurred_at DESC, latest.id DESC
