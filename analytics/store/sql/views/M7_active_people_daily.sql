-- People of the 7 and the 30 days that end with each day, for the last 800 days. A day keeps a person in the count until
-- the person's next day, or until the window has passed: each person is counted once, in one reading.
WITH latest AS (SELECT max(day) AS day FROM rollup_visitors),
stays AS (
    SELECT
        visitors.day,
        lead(visitors.day) OVER (PARTITION BY visitors.person_key ORDER BY visitors.day) AS next_day
    FROM rollup_visitors AS visitors
    WHERE visitors.day > (SELECT day FROM latest) - 830
),
moves AS (
    SELECT day, count(*) AS weekly, count(*) AS monthly FROM stays GROUP BY day
    UNION ALL
    SELECT least(next_day, day + 7), -count(*), 0 FROM stays GROUP BY 1
    UNION ALL
    SELECT least(next_day, day + 30), 0, -count(*) FROM stays GROUP BY 1
),
days AS (
    SELECT moment::date AS day
    FROM latest CROSS JOIN generate_series(latest.day - 830, latest.day + 30, interval '1 day') AS moment
),
counted AS (
    SELECT
        days.day,
        coalesce(sum(sum(moves.weekly)) OVER (ORDER BY days.day), 0)::bigint AS weekly,
        coalesce(sum(sum(moves.monthly)) OVER (ORDER BY days.day), 0)::bigint AS monthly
    FROM days LEFT JOIN moves ON moves.day = days.day
    GROUP BY days.day
)
SELECT counted.day, weekly, monthly
FROM counted CROSS JOIN latest
WHERE counted.day > latest.day - 800
