-- People of the 7 and the 30 days that end with each day, for the last 800 days, from how long the people of each day
-- had been away. Somebody who came today after so many days is counted from today on, or from when the window has left
-- their last day behind, until it has left today behind: nobody is looked at twice, or at all.
WITH latest AS (SELECT max(day) AS day FROM rollup_recency),
returns AS (
    SELECT
        day, visitors,
        CASE WHEN days_away BETWEEN 1 AND 6 THEN day - days_away + 7 ELSE day END AS week_day,
        CASE WHEN days_away BETWEEN 1 AND 29 THEN day - days_away + 30 ELSE day END AS month_day
    FROM rollup_recency
    WHERE day > (SELECT day FROM latest) - 830
),
moves AS (
    SELECT week_day AS day, visitors AS weekly, 0 AS monthly FROM returns
    UNION ALL
    SELECT day + 7, -visitors, 0 FROM returns
    UNION ALL
    SELECT month_day, 0, visitors FROM returns
    UNION ALL
    SELECT day + 30, 0, -visitors FROM returns
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
