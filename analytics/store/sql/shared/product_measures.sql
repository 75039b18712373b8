coalesce(sum(views), 0)::bigint AS views,
coalesce(sum(cart_adds), 0)::bigint AS cart_adds,
coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0)::bigint AS orders,
coalesce(sum(units) FILTER (WHERE currency = %(currency)s), 0)::bigint AS units,
coalesce(sum(revenue_kobo) FILTER (WHERE currency = %(currency)s), 0)::bigint AS revenue_kobo,
sum(cart_adds) / nullif(sum(views), 0) AS view_to_cart,
sum(orders) FILTER (WHERE currency = %(currency)s) / nullif(sum(cart_adds), 0) AS cart_to_order,
sum(orders) FILTER (WHERE currency = %(currency)s) / nullif(sum(views), 0) AS conversion
