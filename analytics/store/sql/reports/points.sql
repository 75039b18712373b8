-- What points came, went and lapsed a day, and what customers held at its end, in points and in kobo.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
before AS (
    SELECT coalesce(sum(points), 0) AS points FROM ledger_points WHERE occurred_at < %(start)s
),
moved AS (
    SELECT zuka_local_day(occurred_at) AS day, kind, points, user_id
    FROM ledger_points
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
)
SELECT
    days.day,
    coalesce(sum(moved.points) FILTER (WHERE moved.kind = 'earned'), 0)::bigint AS earned,
    coalesce(-sum(moved.points) FILTER (WHERE moved.kind = 'paid'), 0)::bigint AS paid,
    coalesce(-sum(moved.points) FILTER (WHERE moved.kind = 'rewards'), 0)::bigint AS rewards,
    coalesce(-sum(moved.points) FILTER (WHERE moved.kind = 'expired'), 0)::bigint AS expired,
    coalesce(-sum(moved.points) FILTER (WHERE moved.kind = 'taken_back'), 0)::bigint AS taken_back,
    coalesce(sum(moved.points) FILTER (WHERE moved.kind = 'by_staff'), 0)::bigint AS by_staff,
    count(DISTINCT moved.user_id) FILTER (WHERE moved.kind = 'earned') AS earners,
    ((SELECT points FROM before) + sum(coalesce(sum(moved.points), 0)) OVER (ORDER BY days.day))::bigint AS held,
    (((SELECT points FROM before) + sum(coalesce(sum(moved.points), 0)) OVER (ORDER BY days.day))
        * %(point_kobo)s)::bigint AS liability_kobo
FROM days LEFT JOIN moved ON moved.day = days.day
GROUP BY days.day
ORDER BY days.day
