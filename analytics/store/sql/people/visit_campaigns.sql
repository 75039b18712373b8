-- Begins a new visit at each arrival by another campaign. Few chains of events hear of one at all; only those are
-- looked at more closely.
WITH arrivals AS (
    SELECT id, session, occurred_at, campaign, row_number() OVER in_order AS number
    FROM zuka_visit_events
    WHERE is_arrival AND session IN (
        SELECT session FROM zuka_visit_events WHERE is_arrival AND campaign IS NOT NULL
    )
    WINDOW in_order AS (PARTITION BY session ORDER BY occurred_at, id)
),
campaigns AS (
    SELECT id, session, number > 1 AND campaign IS DISTINCT FROM lag(campaign) OVER in_order AS is_another
    FROM arrivals
    WHERE campaign IS NOT NULL
    WINDOW in_order AS (PARTITION BY session ORDER BY occurred_at, id)
),
begun AS MATERIALIZED (SELECT id, session FROM campaigns WHERE is_another),
numbered AS (
    SELECT ctid AS place, count(*) FILTER (WHERE id IN (SELECT id FROM begun)) OVER in_order AS number
    FROM zuka_visit_events
    WHERE session IN (SELECT session FROM begun)
    WINDOW in_order AS (PARTITION BY session ORDER BY occurred_at, id)
)
UPDATE zuka_visit_events AS events
SET session = events.session + numbered.number
FROM numbered
WHERE events.ctid = numbered.place AND numbered.number > 0
