-- One day's number of people, from the rows of who was there, which are filled before.
SELECT %(day)s::date AS day, count(*) AS visitors, count(*) FILTER (WHERE is_known) AS known
FROM rollup_visitors
WHERE day = %(day)s
HAVING count(*) > 0
