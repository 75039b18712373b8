-- Who first saw which variant in the period, and what they ordered after that and until its end. Read by
-- report/experiments.py, which draws the conclusions.
WITH told AS (
    SELECT
        events.properties ->> 'experiment_id' AS experiment,
        events.properties ->> 'variation_id' AS variant,
        coalesce(events.user_id, links.user_id, events.visitor_id) AS person,
        events.occurred_at
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE events.event_type = 'experiment.viewed' AND events.occurred_at < %(end)s
        AND events.flags <> ALL(%(bot_flags)s)
),
arms AS (
    SELECT * FROM ledger_flags
    WHERE (%(experiment)s = '' OR experiment = %(experiment)s)
        AND started_at < %(end)s AND (ended_at IS NULL OR ended_at >= %(start)s)
),
-- Anybody may claim to have seen anything: only what the flag has counts.
seen AS (
    SELECT
        told.experiment, told.person, min(told.variant) AS variant, count(DISTINCT told.variant) AS variants,
        min(told.occurred_at) AS exposed_at
    FROM told
    JOIN arms ON arms.experiment = told.experiment AND arms.variant = told.variant
    GROUP BY told.experiment, told.person
    HAVING min(told.occurred_at) >= %(start)s
),
orders AS MATERIALIZED (
    SELECT
        ledger_order_people.person, ledger_order_money.placed_at,
        CASE WHEN ledger_order_money.currency = %(currency)s THEN ledger_order_money.revenue_kobo ELSE 0 END AS kobo
    FROM ledger_order_money
    JOIN ledger_order_people ON ledger_order_people.order_id = ledger_order_money.order_id
    WHERE ledger_order_money.placed_at >= %(start)s AND ledger_order_money.placed_at < %(end)s
        AND ledger_order_money.counts_as_placed
),
bought AS (
    SELECT seen.experiment, seen.variant, seen.person, count(orders.kobo) AS orders, coalesce(sum(orders.kobo), 0) AS kobo
    FROM seen
    LEFT JOIN orders ON orders.person = seen.person AND orders.placed_at >= seen.exposed_at
    WHERE seen.variants = 1
    GROUP BY seen.experiment, seen.variant, seen.person
),
counted AS (
    SELECT
        experiment, variant, count(*) AS people, count(*) FILTER (WHERE orders > 0) AS ordered,
        sum(kobo)::bigint AS revenue_kobo, sum(kobo * kobo) AS squares
    FROM bought
    GROUP BY experiment, variant
),
torn AS (
    SELECT experiment, count(*) AS people FROM seen WHERE variants > 1 GROUP BY experiment
)
SELECT
    arms.experiment, arms.variant, arms.weight, arms.least_effect,
    coalesce(counted.people, 0) AS people,
    coalesce(counted.ordered, 0) AS ordered,
    coalesce(counted.revenue_kobo, 0)::bigint AS revenue_kobo,
    coalesce(counted.squares, 0) AS squares,
    coalesce(torn.people, 0) AS left_out
FROM arms
LEFT JOIN counted ON counted.experiment = arms.experiment AND counted.variant = arms.variant
LEFT JOIN torn ON torn.experiment = arms.experiment
ORDER BY arms.started_at DESC, arms.experiment, arms.place
