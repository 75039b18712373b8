SELECT
    count(*) FILTER (WHERE orders > 0) AS customers,
    count(second_date) AS repeated,
    count(second_date)::numeric / nullif(count(*) FILTER (WHERE orders > 0), 0) AS repeat_rate,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY second_date - first_date) AS days_to_second,
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(revenue_kobo), 0)::bigint AS revenue_kobo,
    round(sum(revenue_kobo) / nullif(sum(paid_orders), 0))::bigint AS aov_kobo
FROM user_analytics
WHERE first_date BETWEEN date_trunc('month', %(first)s::date)::date AND %(last)s AND currency = %(currency)s
