-- The days on which people were there next after a day.
SELECT DISTINCT later.day
FROM unnest(%(people)s::bigint[]) AS changed (person_key)
CROSS JOIN LATERAL (
    SELECT min(after.day) AS day
    FROM rollup_visitors AS after
    WHERE after.person_key = changed.person_key AND after.day > %(day)s
) AS later
WHERE later.day IS NOT NULL
