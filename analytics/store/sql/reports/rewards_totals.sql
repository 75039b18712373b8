SELECT
    count(*) AS taken,
    count(DISTINCT user_id) AS people,
    coalesce(sum(points), 0)::bigint AS points,
    count(*) FILTER (WHERE is_used) AS used,
    count(*) FILTER (WHERE is_used)::numeric / nullif(count(*), 0) AS use,
    coalesce(sum(discount_kobo), 0)::bigint AS discount_kobo
FROM ledger_rewards
WHERE redeemed_at >= %(start)s AND redeemed_at < %(end)s
