-- A cell is empty until its week or month is over for everybody in it.
WITH cells AS (
    SELECT
        cohort, number,
        CASE %(counts)s WHEN 'exact' THEN sum(active) FILTER (WHERE period = number)
            ELSE sum(latest) FILTER (WHERE period >= number) END AS back,
        CASE %(grain)s WHEN 'week' THEN cohort + 7 * (number + 1)
            ELSE (cohort + interval '1 month' * (number + 1))::date END <= %(today)s AS is_over
    FROM visitor_retention CROSS JOIN generate_series(0, 12) AS number
    WHERE grain = %(grain)s AND cohort BETWEEN date_trunc(%(grain)s, %(first)s::date)::date AND %(last)s
    GROUP BY cohort, number
),
people AS (
    SELECT cohort, active AS people FROM visitor_retention WHERE grain = %(grain)s AND period = 0
),
shares AS (
    SELECT
        cohort, people, number,
        CASE WHEN is_over THEN coalesce(back, 0)::numeric / people END AS share
    FROM cells JOIN people USING (cohort)
)
SELECT
    cohort, people,
    {retention_periods}
FROM shares
GROUP BY cohort, people
ORDER BY cohort
LIMIT %(limit)s
