-- The events of one or two activity days, each with the visit it belongs to (people/sessions.py has the rules).
-- Two activity days meet at the turn; nothing goes on across it. A visit is named by its first event.
CREATE TEMP TABLE zuka_visit_events ON COMMIT DROP AS
WITH visits AS (
    SELECT
        id, occurred_at, event_type, visitor_id, user_id, coalesce(visitor_id, user_id) AS visitor,
        occurred_at >= %(turn)s AS is_after_turn,
        source_key IS NOT NULL AS is_seen,
        flags & %(claimed)s <> 0 AS is_claim,
        event_type = ANY(%(arrivals)s) AS is_arrival,
        coalesce(page_path, screen_name) AS page,
        referrer_url, product_ref, order_ref, platform, device_type, os, browser, country, state,
        CASE WHEN coalesce(utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id) IS NOT NULL
            THEN jsonb_build_array(utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id)
        END AS campaign
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
        AND NOT event_type = ANY(%(not_visits)s)
),
idled AS (
    SELECT
        id, visitor, is_after_turn, occurred_at, is_arrival, campaign,
        occurred_at - lag(occurred_at) OVER in_order >= %(idle)s AS has_idled
    FROM visits
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn ORDER BY occurred_at, id)
),
chained AS (
    SELECT
        id, visitor, is_after_turn, occurred_at, is_arrival, campaign, has_idled,
        count(*) FILTER (WHERE has_idled) OVER in_order AS chain
    FROM idled
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn ORDER BY occurred_at, id)
),
-- How many arrivals there were in the chain so far, this one included.
arrived AS (
    SELECT
        id, visitor, is_after_turn, occurred_at, chain, has_idled,
        CASE WHEN is_arrival THEN campaign END AS campaign,
        count(*) FILTER (WHERE is_arrival) OVER in_order AS arrivals
    FROM chained
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn, chain ORDER BY occurred_at, id)
),
-- Few arrivals name a campaign; the one before in the same chain is the campaign of the visit so far.
campaigns AS (
    SELECT
        id,
        arrivals > 1 AND campaign IS DISTINCT FROM lag(campaign) OVER in_order AS is_another
    FROM arrived
    WHERE campaign IS NOT NULL
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn, chain ORDER BY occurred_at, id)
),
numbered AS (
    SELECT
        arrived.id, visitor, is_after_turn, occurred_at,
        count(*) FILTER (WHERE has_idled OR campaigns.is_another) OVER in_order AS number
    FROM arrived LEFT JOIN campaigns ON campaigns.id = arrived.id
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn ORDER BY occurred_at, arrived.id)
),
named AS (
    SELECT id, first_value(id) OVER in_order AS session
    FROM numbered
    WINDOW in_order AS (PARTITION BY visitor, is_after_turn, number ORDER BY occurred_at, id)
)
SELECT named.session, visits.*
FROM visits JOIN named ON named.id = visits.id
