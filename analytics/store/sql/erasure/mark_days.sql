-- Marks the days of a person to be counted again, where the events of their months are still here.
INSERT INTO analytics_dirty_days (day, cause)
SELECT DISTINCT day, 'erasure' FROM rollup_visitors
WHERE person_key = ANY(SELECT hashtextextended(becomes, 0) FROM unnest(%(becomes)s::text[]) AS becomes)
    AND day >= zuka_local_day(%(oldest)s::timestamptz)
