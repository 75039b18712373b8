-- Each column over the cohorts whose cell is not empty, so that young cohorts do not pull it down.
WITH cells AS (
    SELECT
        cohort, number,
        CASE %(counts)s WHEN 'exact' THEN coalesce(sum(active) FILTER (WHERE period = number), 0)
            ELSE coalesce(sum(latest) FILTER (WHERE period >= number), 0) END AS back,
        max(active) FILTER (WHERE period = 0) AS people,
        CASE %(grain)s WHEN 'week' THEN cohort + 7 * (number + 1)
            ELSE (cohort + interval '1 month' * (number + 1))::date END <= %(today)s AS is_over
    FROM visitor_retention CROSS JOIN generate_series(0, 12) AS number
    WHERE grain = %(grain)s AND cohort BETWEEN date_trunc(%(grain)s, %(first)s::date)::date AND %(last)s
    GROUP BY cohort, number
),
shares AS (SELECT number, sum(back) / nullif(sum(people), 0) AS share FROM cells WHERE is_over GROUP BY number)
SELECT
    (SELECT coalesce(sum(people), 0)::bigint FROM cells WHERE number = 0) AS people,
    {retention_periods}
FROM shares
