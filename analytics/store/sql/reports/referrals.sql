-- The friends who came in a period, and how far each of them is by now.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
came AS (
    SELECT zuka_local_day(joined_at) AS day, status, has_ordered
    FROM ledger_referrals
    WHERE joined_at >= %(start)s AND joined_at < %(end)s
)
SELECT
    days.day,
    count(came.status) AS joined,
    count(*) FILTER (WHERE came.has_ordered) AS ordered,
    count(*) FILTER (WHERE came.has_ordered)::numeric / nullif(count(came.status), 0) AS ordering,
    count(*) FILTER (WHERE came.status = 'rewarded') AS rewarded,
    count(*) FILTER (WHERE came.status = 'held') AS held,
    count(*) FILTER (WHERE came.status = 'refused') AS refused
FROM days LEFT JOIN came ON came.day = days.day
GROUP BY days.day
ORDER BY days.day
