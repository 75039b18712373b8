-- One page of all that somebody did, newest first. Who has no account is a visitor, or the number of a guest's first
-- order; a guest's visits are those of the devices they ordered from, unless somebody has signed in there.
-- So many visits have at least as many rows, so no more of them are opened.
WITH account AS (
    SELECT
        substring(%(person)s FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')::uuid AS user_id
),
named AS (
    SELECT order_id, nullif(guest_email, '') AS guest_email, nullif(guest_phone, '') AS guest_phone
    FROM ledger_order_owners
    WHERE order_ref = %(person)s AND user_id IS NULL
),
owned AS (
    SELECT order_id, NULL AS visitor_id FROM ledger_order_owners WHERE user_id = (SELECT user_id FROM account)
    UNION
    SELECT order_id, NULL FROM ledger_order_owners WHERE visitor_id = %(person)s AND user_id IS NULL
    UNION
    SELECT owners.order_id, owners.visitor_id
    FROM named JOIN ledger_order_owners AS owners ON owners.guest_email = named.guest_email AND owners.user_id IS NULL
    UNION
    SELECT owners.order_id, owners.visitor_id
    FROM named
    JOIN ledger_order_owners AS owners ON named.guest_email IS NULL AND owners.guest_phone = named.guest_phone
        AND owners.user_id IS NULL AND coalesce(owners.guest_email, '') = ''
),
persons AS (
    SELECT %(person)s AS person WHERE %(person)s <> ''
    UNION
    SELECT visitor_id FROM owned
    WHERE NOT EXISTS (SELECT FROM analytics_identity_links AS links WHERE links.visitor_id = owned.visitor_id)
),
visits AS (
    SELECT sessions.*
    FROM persons JOIN analytics_sessions AS sessions USING (person)
    WHERE started_at >= %(start)s AND started_at <= %(before)s AND is_seen
    ORDER BY started_at DESC, id DESC
    LIMIT %(limit)s
),
events AS (
    SELECT found.*, visits.id AS visit
    FROM visits
    JOIN analytics_events AS found ON found.occurred_at BETWEEN visits.started_at AND visits.ended_at
        AND coalesce(found.visitor_id, found.user_id) = visits.visitor
    UNION ALL
    SELECT *, NULL FROM analytics_events
    WHERE user_id = (SELECT user_id::text FROM account) AND visitor_id IS NULL AND flags & 1 = 0
        AND occurred_at >= %(start)s AND occurred_at <= %(before)s
),
facts AS (
    SELECT started_at AS happened_at, 'visit' AS kind,
        concat_ws(
            ', ', CASE page_views WHEN 0 THEN 'No page' WHEN 1 THEN '1 page' ELSE page_views || ' pages' END,
            device_type, utm_source
        ) AS what,
        entry_page AS detail, NULL AS order_ref, NULL::bigint AS value_kobo, NULL AS currency, id AS visit, id
    FROM visits
    UNION ALL
    SELECT occurred_at, 'event', event_type, coalesce(products.name, search_query, page_path, screen_name),
        order_ref, NULL, NULL, visit, id
    FROM events LEFT JOIN ledger_products AS products USING (product_ref)
    WHERE source_key IS NOT NULL OR event_type NOT LIKE 'order.%%'
    UNION ALL
    SELECT happened_at, 'order', what, NULL, order_ref, kobo, currency, NULL, md5(what || order_id)::uuid
    FROM owned JOIN ledger_order_steps USING (order_id)
    UNION ALL
    SELECT moved_at, 'payment', initcap(kind), provider, order_ref, amount_kobo, currency, NULL, md5(kind || move_id)::uuid
    FROM owned JOIN ledger_money USING (order_id)
    UNION ALL
    SELECT told_at, 'message', kind, NULL, NULL, NULL, NULL, NULL, md5(message_id)::uuid
    FROM account JOIN ledger_messages USING (user_id)
)
SELECT happened_at, initcap(kind) AS kind, upper(left(what, 1)) || translate(substr(what, 2), '._', '  ') AS what,
    detail, order_ref, value_kobo, currency, visit, id
FROM facts
WHERE (happened_at, id) < (%(before)s, %(before_id)s::uuid) AND happened_at >= %(start)s
    AND (%(kind)s = 'all' OR kind = %(kind)s)
ORDER BY happened_at DESC, id DESC
LIMIT %(limit)s
