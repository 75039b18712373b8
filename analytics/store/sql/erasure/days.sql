-- The days on which a person was there.
SELECT DISTINCT day FROM rollup_visitors
WHERE person_key = ANY(SELECT hashtextextended(was, 0) FROM unnest(%(was)s::text[]) AS was)
ORDER BY day
