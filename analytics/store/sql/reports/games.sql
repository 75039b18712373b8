SELECT
    initcap(game) AS game,
    count(*) AS plays,
    count(*) FILTER (WHERE status = 'refused') AS refused,
    count(*) FILTER (WHERE status = 'refused')::numeric / nullif(count(*), 0) AS refusal,
    count(DISTINCT user_id) AS players,
    avg(score) AS average_score,
    max(score) AS best_score,
    sum(points)::bigint AS points
FROM ledger_plays
WHERE started_at >= %(start)s AND started_at < %(end)s
GROUP BY ledger_plays.game
ORDER BY plays DESC, game
LIMIT %(limit)s
