SELECT
    coalesce(sum(placed_orders), 0)::bigint AS placed_orders,
    coalesce(sum(dispatched_orders), 0)::bigint AS dispatched_orders,
    coalesce(sum(delivered_orders), 0)::bigint AS delivered_orders,
    coalesce(sum(collected_orders), 0)::bigint AS collected_orders,
    coalesce(sum(refused_orders), 0)::bigint AS refused_orders,
    sum(refused_orders) / nullif(sum(dispatched_orders), 0) AS refused_share,
    coalesce(sum(placed_kobo), 0)::bigint AS placed_kobo,
    coalesce(sum(dispatched_kobo), 0)::bigint AS dispatched_kobo,
    coalesce(sum(delivered_kobo), 0)::bigint AS delivered_kobo,
    coalesce(sum(collected_kobo), 0)::bigint AS collected_kobo,
    coalesce(sum(refused_kobo), 0)::bigint AS refused_kobo
FROM rollup_cash
WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
