-- How many days the people of one day had been away; 0 for those who had never been there before. Of any period, those
-- who had been away since before it began are its different people: no need to tell them apart again.
SELECT %(day)s::date AS day, coalesce(today.day - earlier.day, 0) AS days_away, count(*) AS visitors
FROM rollup_visitors AS today
CROSS JOIN LATERAL (
    SELECT max(before.day) AS day
    FROM rollup_visitors AS before
    WHERE before.person_key = today.person_key AND before.day < %(day)s
) AS earlier
WHERE today.day = %(day)s
GROUP BY days_away
