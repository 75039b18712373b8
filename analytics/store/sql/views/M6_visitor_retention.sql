-- Of the people first seen in a week or month (`cohort`): how many came in each later one (`period`, 0 is the first),
-- and for how many it is the latest they came in. Everybody's days are read once, in the order of their index; what is
-- said of a day's week and month is worked out for pairs of days, not for people.
WITH days AS (
    SELECT
        day, lag(day) OVER person AS earlier_day, lead(day) OVER person AS next_day, min(day) OVER person AS first_day
    FROM rollup_visitors
    WINDOW person AS (PARTITION BY person_key ORDER BY day)
),
pairs AS (
    SELECT first_day, day, coalesce(earlier_day, '-infinity') AS earlier_day, next_day IS NULL AS is_last, count(*) AS people
    FROM days
    GROUP BY 1, 2, 3, 4
),
grains AS (
    SELECT
        grain.name AS grain, first_day, day, earlier_day, is_last, people,
        date_trunc(grain.name, first_day)::date AS cohort, date_trunc(grain.name, day)::date AS start
    FROM pairs CROSS JOIN (VALUES ('week'), ('month')) AS grain (name)
),
periods AS (
    SELECT
        grain, cohort, start,
        coalesce(sum(people) FILTER (WHERE earlier_day < start), 0)::bigint AS active,
        coalesce(sum(people) FILTER (WHERE is_last), 0)::bigint AS latest
    FROM grains
    GROUP BY grain, cohort, start
)
SELECT
    grain, cohort,
    CASE grain WHEN 'week' THEN (start - cohort) / 7 ELSE (
        12 * (extract(year FROM start) - extract(year FROM cohort))
        + extract(month FROM start) - extract(month FROM cohort)
    )::integer END AS period,
    active, latest
FROM periods
