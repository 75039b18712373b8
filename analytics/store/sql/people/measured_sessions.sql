-- What each visit was, from its events in zuka_visit_events; its first event names it. Columns are those of
-- analytics_sessions.
WITH visits AS (
    SELECT
        session,
        (array_agg(id ORDER BY occurred_at, id))[1] AS id,
        min(visitor) AS visitor,
        min(visitor_id) AS visitor_id,
        array_agg(user_id ORDER BY occurred_at, id)
            FILTER (WHERE user_id IS NOT NULL AND event_type <> 'user.aliased') AS users,
        -- An alias may call the visitor its user (people/identity.py), so its word counts last.
        array_agg(user_id ORDER BY occurred_at, id)
            FILTER (WHERE user_id IS NOT NULL AND event_type = 'user.aliased') AS aliased,
        bool_or(is_seen) AS is_seen,
        bool_or(is_after_turn) AS is_after_turn,
        min(occurred_at) AS started_at,
        max(occurred_at) AS ended_at,
        count(*) AS events,
        count(*) FILTER (WHERE is_arrival) AS page_views,
        count(*) FILTER (WHERE event_type = 'product.viewed') AS product_views,
        count(*) FILTER (WHERE event_type = 'product.searched') AS searches,
        bool_or(event_type = 'cart.item_added') AS has_cart,
        bool_or(event_type = 'checkout.started') AS has_checkout,
        count(*) FILTER (WHERE is_arrival) <= 1 AND NOT bool_or(event_type = ANY(%(engagements)s)) AS is_bounce,
        array_agg(page ORDER BY occurred_at, id) FILTER (WHERE is_arrival AND page IS NOT NULL) AS pages,
        (array_agg(referrer_url ORDER BY occurred_at, id) FILTER (WHERE is_arrival))[1] AS referrer_url,
        coalesce(
            (array_agg(campaign ORDER BY occurred_at, id) FILTER (WHERE is_arrival AND campaign IS NOT NULL))[1],
            (array_agg(campaign ORDER BY occurred_at, id) FILTER (WHERE campaign IS NOT NULL))[1]
        ) AS campaign,
        -- The shop's own facts say "server"; where the person was, only a client knows.
        coalesce(
            (array_agg(platform ORDER BY occurred_at, id) FILTER (WHERE platform <> 'server'))[1], min(platform)
        ) AS platform,
        (array_agg(device_type ORDER BY occurred_at, id) FILTER (WHERE device_type IS NOT NULL))[1] AS device_type,
        (array_agg(os ORDER BY occurred_at, id) FILTER (WHERE os IS NOT NULL))[1] AS os,
        (array_agg(browser ORDER BY occurred_at, id) FILTER (WHERE browser IS NOT NULL))[1] AS browser,
        (array_agg(country ORDER BY occurred_at, id) FILTER (WHERE country IS NOT NULL))[1] AS country,
        (array_agg(state ORDER BY occurred_at, id) FILTER (WHERE state IS NOT NULL))[1] AS state
    FROM zuka_visit_events
    GROUP BY session
),
hosts AS (
    SELECT
        session,
        nullif(
            left(substring(lower(referrer_url) FROM '^[a-z-]+://(?:[^/@]*@)?(?:www\.)?([^/:?#]+)'), 100), ''
        ) AS referrer_host
    FROM visits
    WHERE referrer_url IS NOT NULL
)
SELECT
    visits.id, zuka_local_day(started_at) AS day, visitor, visits.visitor_id,
    known.user_id, coalesce(known.user_id, visitor) AS person,
    hashtextextended(coalesce(known.user_id, visitor), 0) AS person_key, known.user_id IS NOT NULL AS is_known,
    is_seen, started_at, ended_at, extract(epoch FROM ended_at - started_at)::integer AS duration_seconds,
    events, page_views, product_views, searches, coalesce(cart_adds, 0) AS cart_adds,
    viewed_at, carted_at, checkout_at, ordered_at,
    has_cart, has_checkout, orders IS NOT NULL AS has_order, coalesce(orders, 0) AS orders,
    order_ref, currency, coalesce(value_kobo, 0) AS value_kobo,
    pages[1] AS entry_page, pages[cardinality(pages)] AS exit_page, referrer_url,
    CASE WHEN referrer_host <> ALL(%(own_hosts)s) THEN referrer_host END AS referrer_host,
    campaign ->> 0 AS utm_source, campaign ->> 1 AS utm_medium, campaign ->> 2 AS utm_campaign,
    campaign ->> 3 AS utm_term, campaign ->> 4 AS utm_content, campaign ->> 5 AS click_id,
    platform, device_type, os, browser, country, state, is_bounce, pages
FROM visits
LEFT JOIN hosts ON hosts.session = visits.session
LEFT JOIN zuka_visit_sales AS sales ON sales.session = visits.session
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = visits.visitor
CROSS JOIN LATERAL (
    SELECT coalesce(users[cardinality(users)], links.user_id, aliased[cardinality(aliased)]) AS user_id
) AS known
