SELECT
    count(*) AS customers,
    coalesce(sum(year_orders), 0)::bigint AS orders,
    coalesce(sum(year_kobo), 0)::bigint AS year_kobo,
    round(sum(year_kobo) / nullif(count(*), 0))::bigint AS each_kobo
FROM user_analytics
WHERE currency = %(currency)s
