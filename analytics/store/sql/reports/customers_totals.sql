SELECT
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(year_orders), 0)::bigint AS year_orders,
    coalesce(sum(revenue_kobo), 0)::bigint AS revenue_kobo,
    coalesce(sum(year_kobo), 0)::bigint AS year_kobo
FROM user_analytics
WHERE currency = %(currency)s
    AND (%(group)s = 'all' OR segment = %(group)s)
    AND (%(month)s = '' OR orders > 0 AND to_char(first_date, 'YYYY-MM') = %(month)s)
    AND (%(person)s = '' OR customer_id = %(person)s)
    AND (%(months)s = '' OR orders > 0 AND first_date >= date_trunc('month', %(first)s::date))
    AND (%(again)s = '' OR second_date IS NOT NULL)
