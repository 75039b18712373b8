WITH cash AS (
    SELECT *
    FROM ledger_cash_orders
    WHERE placed_at >= %(start)s AND placed_at < %(end)s AND currency = %(currency)s
)
SELECT
    count(*) AS placed_orders,
    count(*) FILTER (WHERE is_dispatched) AS dispatched_orders,
    count(*) FILTER (WHERE is_delivered) AS delivered_orders,
    count(*) FILTER (WHERE is_collected) AS collected_orders,
    count(*) FILTER (WHERE is_refused) AS refused_orders,
    count(*) FILTER (WHERE is_refused)::numeric / nullif(count(*) FILTER (WHERE is_dispatched), 0) AS refused_share,
    coalesce(sum(total_kobo), 0)::bigint AS placed_kobo,
    coalesce(sum(total_kobo) FILTER (WHERE is_dispatched), 0)::bigint AS dispatched_kobo,
    coalesce(sum(worth_kobo) FILTER (WHERE is_delivered), 0)::bigint AS delivered_kobo,
    coalesce(sum(received_kobo), 0)::bigint AS collected_kobo,
    coalesce(sum(refused_kobo), 0)::bigint AS refused_kobo
FROM cash
