-- Steps are parts of one another and never add up, so a total is the way from the first to the last.
SELECT sum(ordered) / nullif(sum(viewed), 0) AS of_first
FROM rollup_sessions
WHERE day BETWEEN %(first)s AND %(last)s
