SELECT
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(year_orders), 0)::bigint AS year_orders,
    coalesce(sum(revenue_kobo), 0)::bigint AS revenue_kobo,
    coalesce(sum(year_kobo), 0)::bigint AS year_kobo
FROM user_analytics
WHERE {chosen_customers}
