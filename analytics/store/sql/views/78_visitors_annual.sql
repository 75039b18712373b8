-- People are counted once a year, however many days they came.
SELECT date_trunc('year', day)::date AS year, count(DISTINCT person_key) AS visitors
FROM rollup_visitors GROUP BY 1
