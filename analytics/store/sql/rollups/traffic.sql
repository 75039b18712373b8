-- One day's number of people, from the rows of who was there, which are filled before; and who signed in on it.
SELECT
    %(day)s::date AS day,
    count(*) AS visitors,
    count(*) FILTER (WHERE is_known) AS known,
    (
        SELECT count(DISTINCT user_id) FROM analytics_events
        WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
            AND event_type = 'user.logged_in'
    ) AS logged_in
FROM rollup_visitors
WHERE day = %(day)s
HAVING count(*) > 0
