-- Each step counts visits that took it after the one before, so no share can be above one.
WITH counted AS (
    SELECT
        CASE %(by)s WHEN 'platform' THEN coalesce(nullif(platform, ''), 'Unknown')
            WHEN 'device' THEN coalesce(nullif(device_type, ''), 'Unknown') ELSE 'All visits' END AS label,
        sum(viewed) AS viewed, sum(carted) AS carted, sum(checked_out) AS checked_out, sum(ordered) AS ordered
    FROM rollup_sessions
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY 1
),
{funnel_steps}
SELECT
    label, step, sessions::bigint,
    sessions / nullif(first_value(sessions) OVER (PARTITION BY label ORDER BY number), 0) AS of_first,
    CASE WHEN number > 1 THEN sessions / nullif(before, 0) END AS of_before,
    CASE WHEN number > 1 THEN (before - sessions)::bigint END AS lost
FROM steps
ORDER BY first_value(sessions) OVER (PARTITION BY label ORDER BY number) DESC, label, number
LIMIT %(limit)s
