-- Scores of different games say nothing together; a player of several is one.
SELECT
    count(*) AS plays,
    count(*) FILTER (WHERE status = 'refused') AS refused,
    count(*) FILTER (WHERE status = 'refused')::numeric / nullif(count(*), 0) AS refusal,
    count(DISTINCT user_id) AS players,
    coalesce(sum(points), 0)::bigint AS points
FROM ledger_plays
WHERE started_at >= %(start)s AND started_at < %(end)s
