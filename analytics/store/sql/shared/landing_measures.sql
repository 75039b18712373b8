coalesce(sum(sessions), 0)::bigint AS sessions,
sum(bounces) / nullif(sum(sessions), 0) AS bounce_rate,
sum(page_views) / nullif(sum(sessions), 0) AS pages,
sum(converted) / nullif(sum(sessions), 0) AS conversion,
coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0)::bigint AS orders,
coalesce(sum(value_kobo) FILTER (WHERE currency = %(currency)s), 0)::bigint AS value_kobo
