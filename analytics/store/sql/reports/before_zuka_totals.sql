-- Ratios are of all days together; visitors of several days cannot be added.
SELECT
    coalesce(sum(visits), 0)::bigint AS visits,
    coalesce(sum(pageviews), 0)::bigint AS pageviews,
    sum(bounces)::numeric / nullif(sum(visits), 0) AS bounce_rate,
    round(sum(visit_seconds)::numeric / nullif(sum(visits), 0))::bigint AS duration
FROM analytics_imported_days
WHERE day BETWEEN %(first)s AND %(last)s AND (%(source)s = '' OR source = %(source)s)
