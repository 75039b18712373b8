WITH counted AS (
    SELECT
        'All visits' AS label,
        sum(viewed) AS viewed, sum(carted) AS carted, sum(checked_out) AS checked_out, sum(ordered) AS ordered
    FROM rollup_sessions
    WHERE day BETWEEN %(first)s AND %(last)s
),
{funnel_steps}
SELECT step, coalesce(sessions, 0)::bigint AS sessions FROM steps ORDER BY number
