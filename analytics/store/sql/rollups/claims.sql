-- One day of what the shop did and what clients said of it. A claim is matched when the shop knows the same fact on
-- the same day: orders by their number, cart additions and reviews one to one by person and product, the rest one to
-- one by person. Orders are those of the ledger, test orders left out. Amounts are in the shop's currency.
WITH told AS (
    SELECT
        event_type, coalesce(events.order_ref, events.id::text) AS order_ref, value_kobo, flags & %(claimed)s <> 0 AS is_claim,
        CASE WHEN source_key IS NULL THEN left(properties ->> 'platform', 60) ELSE platform END AS platform,
        coalesce(events.user_id, links.user_id, events.visitor_id) AS person,
        CASE WHEN event_type IN ('cart.item_added', 'cart.item_removed', 'product.reviewed') THEN product_ref END
            AS product_ref,
        currency = %(currency)s AS is_ours
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND event_type = ANY(%(claim_types)s)
),
devices AS (
    SELECT person, min(platform) AS platform FROM analytics_sessions
    WHERE day = %(day)s AND platform <> 'server' GROUP BY person
),
paired AS (
    SELECT
        event_type,
        coalesce(min(told.platform) FILTER (WHERE told.platform <> 'server'), min(devices.platform), '') AS platform,
        count(*) FILTER (WHERE NOT is_claim) AS facts,
        count(*) FILTER (WHERE is_claim) AS claims,
        coalesce(sum(value_kobo) FILTER (WHERE NOT is_claim AND is_ours), 0) AS facts_kobo,
        coalesce(sum(value_kobo) FILTER (WHERE is_claim AND is_ours), 0) AS claims_kobo
    FROM told LEFT JOIN devices ON devices.person = told.person
    WHERE event_type <> 'order.created'
    GROUP BY event_type, told.person, product_ref
),
-- One claim an order, however often a page was loaded again.
claimed AS (
    SELECT DISTINCT ON (order_ref) order_ref, platform, CASE WHEN is_ours THEN value_kobo END AS value_kobo
    FROM told WHERE event_type = 'order.created' AND is_claim
    ORDER BY order_ref, value_kobo DESC NULLS LAST, platform
),
placed AS (
    SELECT order_ref, channel, CASE WHEN currency = %(currency)s THEN total_kobo END AS total_kobo
    FROM ledger_orders WHERE placed_at >= %(start)s AND placed_at < %(end)s
),
counted AS (
    SELECT event_type, platform, facts, claims, least(facts, claims) AS matched, facts_kobo, claims_kobo FROM paired
    UNION ALL
    SELECT
        'order.created', coalesce(placed.channel, claimed.platform, ''),
        count(placed.order_ref), count(claimed.order_ref), count(*) FILTER (
            WHERE placed.order_ref IS NOT NULL AND claimed.order_ref IS NOT NULL
        ),
        coalesce(sum(placed.total_kobo), 0), coalesce(sum(claimed.value_kobo), 0)
    FROM placed FULL JOIN claimed ON claimed.order_ref = placed.order_ref
    GROUP BY 2
)
SELECT
    %(day)s::date AS day, event_type, platform,
    sum(facts)::bigint AS facts, sum(claims)::bigint AS claims, sum(matched)::bigint AS matched,
    sum(facts_kobo)::bigint AS facts_kobo, sum(claims_kobo)::bigint AS claims_kobo
FROM counted
GROUP BY event_type, platform
