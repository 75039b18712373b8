-- Each column over the cohorts whose cell is not empty, so that young cohorts do not pull it down.
WITH cells AS (
    SELECT
        cohort, number,
        CASE %(counts)s WHEN 'exact' THEN coalesce(sum(active) FILTER (WHERE period = number), 0)
            ELSE coalesce(sum(latest) FILTER (WHERE period >= number), 0) END AS back,
        max(active) FILTER (WHERE period = 0) AS people,
        (cohort + CASE %(grain)s WHEN 'week' THEN interval '7 days' ELSE interval '1 month' END * (number + 1))::date
            <= %(today)s AS is_over
    FROM visitor_retention CROSS JOIN generate_series(0, 12) AS number
    WHERE grain = %(grain)s AND cohort BETWEEN date_trunc(%(grain)s, %(first)s::date)::date AND %(last)s
    GROUP BY cohort, number
),
shares AS (SELECT number, sum(back) / nullif(sum(people), 0) AS share FROM cells WHERE is_over GROUP BY number)
SELECT
    (SELECT coalesce(sum(people), 0)::bigint FROM cells WHERE number = 0) AS people,
    max(share) FILTER (WHERE number = 1) AS period_1, max(share) FILTER (WHERE number = 2) AS period_2,
    max(share) FILTER (WHERE number = 3) AS period_3, max(share) FILTER (WHERE number = 4) AS period_4,
    max(share) FILTER (WHERE number = 5) AS period_5, max(share) FILTER (WHERE number = 6) AS period_6,
    max(share) FILTER (WHERE number = 7) AS period_7, max(share) FILTER (WHERE number = 8) AS period_8,
    max(share) FILTER (WHERE number = 9) AS period_9, max(share) FILTER (WHERE number = 10) AS period_10,
    max(share) FILTER (WHERE number = 11) AS period_11, max(share) FILTER (WHERE number = 12) AS period_12
FROM shares
