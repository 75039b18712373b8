-- Filled in by report/funnels/statement.py. Of each event type that a step names, `told` are its events: those of the
-- days' journeys, or of the raw table where a filter asks for more than who and when. `begun` is when the first step was
-- taken, `way_2` when the first and second were, and so on: of the ways that lead to an event, the one begun last, by the
-- latest taking of each step. An event is later than another by time, then by id, and is one step only.
WITH {told},
begun AS MATERIALIZED (
    SELECT {begun}
    FROM {first}
    WHERE is_1 AND occurred_at < %(end)s
    GROUP BY person_key
),
-- Whoever never took the second step is nowhere but at the first: most people, whose ways need not be followed. Nor need
-- what others did when it was too early for the second step, or too late to lead to it.
followed AS MATERIALIZED (
    SELECT person_key, min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM {second}
    WHERE is_2
    GROUP BY person_key
),
matched AS ({matched}),
{ways},
taken AS (
    SELECT person_key, {earliest} FROM {furthest} GROUP BY person_key
),
counted AS ({counted}),
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
