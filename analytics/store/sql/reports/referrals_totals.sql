SELECT
    count(*) AS joined,
    count(*) FILTER (WHERE has_ordered) AS ordered,
    count(*) FILTER (WHERE has_ordered)::numeric / nullif(count(*), 0) AS ordering,
    count(*) FILTER (WHERE status = 'rewarded') AS rewarded,
    count(*) FILTER (WHERE status = 'held') AS held,
    count(*) FILTER (WHERE status = 'refused') AS refused
FROM ledger_referrals
WHERE joined_at >= %(start)s AND joined_at < %(end)s
