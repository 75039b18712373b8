-- People are counted once a month, however many days they came.
SELECT date_trunc('month', day)::date AS month, count(DISTINCT person_key) AS visitors
FROM rollup_visitors GROUP BY 1
