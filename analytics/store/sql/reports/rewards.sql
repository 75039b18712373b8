SELECT
    reward,
    count(*) AS taken,
    count(DISTINCT user_id) AS people,
    sum(points)::bigint AS points,
    count(*) FILTER (WHERE is_used) AS used,
    count(*) FILTER (WHERE is_used)::numeric / count(*) AS use,
    sum(discount_kobo)::bigint AS discount_kobo
FROM ledger_rewards
WHERE redeemed_at >= %(start)s AND redeemed_at < %(end)s
GROUP BY reward
ORDER BY taken DESC, reward
LIMIT %(limit)s
