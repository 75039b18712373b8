-- Of the people first seen in a week or month (`cohort`): how many came in each later one (`period`, 0 is the first),
-- and for how many it is the latest they came in. Weeks and months are worked out once a day, not once a person.
WITH people AS (
    SELECT person_key, min(day) AS first_day, max(day) AS last_day FROM rollup_visitors GROUP BY person_key
),
calendar AS (
    SELECT day, date_trunc('week', day)::date AS week, date_trunc('month', day)::date AS month
    FROM (SELECT DISTINCT day FROM rollup_visitors) AS days
),
grains AS (
    SELECT 'week' AS grain, day, week AS start, (week - date '2000-01-03') / 7 AS number FROM calendar
    UNION ALL
    SELECT 'month', day, month, (extract(year FROM month) * 12 + extract(month FROM month))::integer FROM calendar
),
periods AS (
    SELECT DISTINCT visitors.person_key, grains.grain, grains.number
    FROM rollup_visitors AS visitors JOIN grains ON grains.day = visitors.day
)
SELECT
    periods.grain, firsts.start AS cohort, periods.number - firsts.number AS period,
    count(*) AS active, count(*) FILTER (WHERE periods.number = lasts.number) AS latest
FROM periods
JOIN people ON people.person_key = periods.person_key
JOIN grains AS firsts ON firsts.day = people.first_day AND firsts.grain = periods.grain
JOIN grains AS lasts ON lasts.day = people.last_day AND lasts.grain = periods.grain
GROUP BY periods.grain, firsts.start, periods.number - firsts.number
