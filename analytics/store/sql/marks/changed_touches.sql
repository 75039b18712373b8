-- Whose touches of this day are not what they were, and when each was.
WITH counted AS ({select}),
stored AS (SELECT {columns} FROM analytics_touches WHERE day = %(day)s)
SELECT person, touched_at FROM (SELECT {columns} FROM counted EXCEPT SELECT {columns} FROM stored) AS new
UNION
SELECT person, touched_at FROM (SELECT {columns} FROM stored EXCEPT SELECT {columns} FROM counted) AS gone
