-- What counting the days of a period gives, each day as always, added up on its first day.
WITH segment_days AS ({days})
SELECT %(first)s::date AS day, {keys}, {sums}
FROM segment_days CROSS JOIN LATERAL ({select}
) AS counted
GROUP BY {keys}
