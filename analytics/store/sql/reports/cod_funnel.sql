-- By day or state of the orders placed: the rows are the same orders, so both add up to the same. Newest days first.
WITH cash AS (
    SELECT *, CASE WHEN %(by)s = 'state' THEN state ELSE zuka_local_day(placed_at)::text END AS label
    FROM ledger_cash_orders
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND currency = %(currency)s
)
SELECT
    label,
    count(*) AS placed_orders,
    count(*) FILTER (WHERE is_dispatched) AS dispatched_orders,
    count(*) FILTER (WHERE is_delivered) AS delivered_orders,
    count(*) FILTER (WHERE is_collected) AS collected_orders,
    count(*) FILTER (WHERE is_refused) AS refused_orders,
    count(*) FILTER (WHERE is_refused)::numeric / nullif(count(*) FILTER (WHERE is_dispatched), 0) AS refused_share,
    sum(total_kobo)::bigint AS placed_kobo,
    coalesce(sum(total_kobo) FILTER (WHERE is_dispatched), 0)::bigint AS dispatched_kobo,
    coalesce(sum(worth_kobo) FILTER (WHERE is_delivered), 0)::bigint AS delivered_kobo,
    sum(received_kobo)::bigint AS collected_kobo,
    sum(refused_kobo)::bigint AS refused_kobo
FROM cash
GROUP BY label
ORDER BY CASE WHEN %(by)s = 'state' THEN count(*) END DESC NULLS LAST, label DESC
LIMIT %(limit)s
