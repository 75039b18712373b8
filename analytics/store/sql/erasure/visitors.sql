-- Puts random ids in the place of a person's in the days on which they were there.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes))
UPDATE rollup_visitors AS days
SET person = ids.becomes, person_key = hashtextextended(ids.becomes, 0)
FROM ids
WHERE days.person_key = hashtextextended(ids.was, 0) AND days.person = ids.was
