-- The events of one or two activity days, each with the number of its visit (people/sessions.py has the rules).
-- Two activity days meet at the turn; nothing goes on across it. Before it only those are looked at whom the later day
-- concerns.
CREATE TEMP TABLE zuka_visit_events ON COMMIT DROP AS
WITH visits AS (
    SELECT
        id, occurred_at, event_type, visitor_id, user_id, coalesce(visitor_id, user_id) AS visitor,
        hashtextextended(coalesce(visitor_id, user_id), 0) AS visitor_key,
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
    SELECT
        *,
        coalesce(
            occurred_at - lag(occurred_at) OVER in_order >= %(idle)s
            OR is_after_turn AND NOT lag(is_after_turn) OVER in_order,
            true
        ) AS has_idled
    FROM visits
    WINDOW in_order AS (PARTITION BY visitor_key, visitor ORDER BY occurred_at, id)
)
-- The number of what no pause interrupts; visit_campaigns.sql counts on from it.
SELECT *, count(*) FILTER (WHERE has_idled) OVER in_order << 32 AS session
FROM idled
WINDOW in_order AS (ORDER BY visitor_key, visitor, occurred_at, id ROWS UNBOUNDED PRECEDING)
