-- What rollups know people by.
SELECT name, hashtextextended(name, 0) FROM unnest(%(names)s::text[]) AS name
