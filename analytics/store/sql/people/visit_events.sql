-- The events of one or two activity days, each with the number of its visit (people/sessions.py has the rules).
-- Two activity days meet at the turn; nothing goes on across it. Before it only those are looked at whom the later day
-- concerns.
CREATE TEMP TABLE zuka_visit_events ON COMMIT DROP AS
WITH visits AS (
    SELECT
        id, occurred_at, event_type, visitor_id, user_id, coalesce(visitor_id, user_id) AS visitor,
        occurred_at >= %(turn)s AS is_after_turn,
        source_key IS NOT NULL AS is_seen,
        flags & %(claimed)s <> 0 AS is_claim,
        event_type = ANY(%(arrivals)s) AS is_arrival,
        left(coalesce(page_path, screen_name), 500) AS page,
        referrer_url, product_ref, order_ref, platform, device_type, os, browser, country, state,
        CASE WHEN coalesce(utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id) IS NOT NULL
            THEN jsonb_build_array(utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id)
        END AS campaign
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND NOT event_type = ANY(%(not_visits)s)
        AND (occurred_at >= %(turn)s OR coalesce(visitor_id, user_id) IN (SELECT visitor FROM zuka_concerned))
),
idled AS (
    SELECT *, coalesce(occurred_at - lag(occurred_at) OVER in_order >= %(idle)s, true) AS has_idled
    FROM visits
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn ORDER BY occurred_at, id)
),
-- A chain is what no pause interrupts.
chained AS (
    SELECT *, count(*) FILTER (WHERE has_idled) OVER in_order AS chain
    FROM idled
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn ORDER BY occurred_at, id)
),
marked AS (
    SELECT DISTINCT visitor, is_after_turn, chain FROM chained WHERE is_arrival AND campaign IS NOT NULL
),
-- Few chains hear of a campaign; only their arrivals are looked at more closely.
arrivals AS (
    SELECT id, visitor, is_after_turn, chain, occurred_at, campaign, row_number() OVER in_order AS number
    FROM chained JOIN marked USING (visitor, is_after_turn, chain)
    WHERE is_arrival
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn, chain ORDER BY occurred_at, id)
),
campaigns AS (
    SELECT id, number > 1 AND campaign IS DISTINCT FROM lag(campaign) OVER in_order AS is_another
    FROM arrivals
    WHERE campaign IS NOT NULL
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn, chain ORDER BY occurred_at, id)
)
SELECT
    *,
    count(*) FILTER (WHERE has_idled OR id IN (SELECT id FROM campaigns WHERE is_another)) OVER in_order AS session
FROM chained
WINDOW in_order AS (ORDER BY visitor, is_after_turn, occurred_at, id ROWS UNBOUNDED PRECEDING)
