-- Orders with cash on delivery by the day of placing, and how far they have come since: a step taken later counts here.
SELECT
    %(day)s::date AS day,
    state,
    currency,
    count(*) AS placed_orders,
    count(*) FILTER (WHERE is_dispatched) AS dispatched_orders,
    count(*) FILTER (WHERE is_delivered) AS delivered_orders,
    count(*) FILTER (WHERE is_collected) AS collected_orders,
    count(*) FILTER (WHERE is_refused) AS refused_orders,
    sum(total_kobo)::bigint AS placed_kobo,
    coalesce(sum(total_kobo) FILTER (WHERE is_dispatched), 0)::bigint AS dispatched_kobo,
    coalesce(sum(worth_kobo) FILTER (WHERE is_delivered), 0)::bigint AS delivered_kobo,
    sum(received_kobo)::bigint AS collected_kobo,
    sum(refused_kobo)::bigint AS refused_kobo
FROM ledger_cash_orders
WHERE placed_at >= %(start)s AND placed_at < %(end)s
GROUP BY state, currency
