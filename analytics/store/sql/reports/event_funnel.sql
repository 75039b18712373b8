-- Filled in by report/funnels/statement.py. `begun` is when the first step was taken, `way_2` when the first and second
-- were, and so on: of the ways that lead to an event, the one begun last, by the latest taking of each step.
-- An event is later than another by time, then by id, and is one step only.
WITH matched AS MATERIALIZED (
    SELECT
        hashtextextended(coalesce(
            CASE WHEN event_type <> 'user.aliased' THEN events.user_id END,
            links.user_id, events.user_id, events.visitor_id
        ), 0) AS person_key,
        occurred_at, events.id,
        CASE WHEN {first} AND occurred_at < %(end)s THEN occurred_at END AS begun,
        {marks}
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = coalesce(events.visitor_id, events.user_id)
    WHERE occurred_at >= %(start)s AND occurred_at < %(until)s AND flags <> ALL(%(bot_flags)s)
        AND event_type = ANY(%(types)s) AND ({matches})
),
-- Whoever never took the second step is nowhere but at the first: most people, whose ways need not be followed.
followed AS (
    SELECT * FROM matched WHERE person_key IN (SELECT person_key FROM matched WHERE is_2)
),
{ways},
taken AS (
    SELECT person_key, {earliest} FROM {furthest} GROUP BY person_key
),
begun AS (
    SELECT person_key, min(begun) AS begun FROM matched WHERE begun IS NOT NULL GROUP BY person_key
),
people AS (
    SELECT begun.person_key, begun.begun, {reached} FROM begun LEFT JOIN taken ON taken.person_key = begun.person_key
),
labelled AS ({labelled}),
counted AS (
    SELECT label, count(*) AS people_1, {counts}
    FROM labelled
    GROUP BY label
),
steps AS (
    SELECT counted.label, step.*, counted.people_1 AS entered
    FROM counted CROSS JOIN LATERAL (VALUES {steps}) AS step (number, title, people, before, seconds)
)
SELECT
    label, title AS step, people,
    people::numeric / entered AS of_first,
    people::numeric / nullif(before, 0) AS of_before,
    before - people AS lost,
    round(seconds)::bigint AS seconds
FROM steps
ORDER BY entered DESC, label, number
LIMIT %(limit)s
