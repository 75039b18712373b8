-- The whole period; what was held is what was held at its end.
WITH moved AS (
    SELECT kind, points, user_id
    FROM ledger_points
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
),
held AS (
    SELECT coalesce(sum(points), 0)::bigint AS points FROM ledger_points WHERE occurred_at < %(end)s
)
SELECT
    coalesce(sum(points) FILTER (WHERE kind = 'earned'), 0)::bigint AS earned,
    coalesce(-sum(points) FILTER (WHERE kind = 'paid'), 0)::bigint AS paid,
    coalesce(-sum(points) FILTER (WHERE kind = 'rewards'), 0)::bigint AS rewards,
    coalesce(-sum(points) FILTER (WHERE kind = 'expired'), 0)::bigint AS expired,
    coalesce(-sum(points) FILTER (WHERE kind = 'taken_back'), 0)::bigint AS taken_back,
    coalesce(sum(points) FILTER (WHERE kind = 'by_staff'), 0)::bigint AS by_staff,
    count(DISTINCT user_id) FILTER (WHERE kind = 'earned') AS earners,
    (SELECT points FROM held) AS held,
    (SELECT points FROM held) * %(point_kobo)s AS liability_kobo
FROM moved
