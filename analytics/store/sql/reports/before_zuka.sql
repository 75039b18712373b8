-- What another product counted, day by day. Different people of two websites cannot be added.
SELECT
    day,
    CASE WHEN count(*) = 1 THEN max(visitors) END AS visitors,
    sum(visits)::bigint AS visits,
    sum(pageviews)::bigint AS pageviews,
    sum(bounces)::numeric / nullif(sum(visits), 0) AS bounce_rate,
    round(sum(visit_seconds)::numeric / nullif(sum(visits), 0))::bigint AS duration
FROM analytics_imported_days
WHERE day BETWEEN %(first)s AND %(last)s AND (%(source)s = '' OR source = %(source)s)
GROUP BY day
ORDER BY day
