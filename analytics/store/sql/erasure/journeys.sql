-- Puts random keys in the place of a person's in who did what when, and keeps the order that counting gives.
WITH ids AS (
    SELECT hashtextextended(was, 0) AS was, hashtextextended(becomes, 0) AS becomes
    FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes)
),
keys AS (SELECT array_agg(was) AS was FROM ids),
deeds AS (
    SELECT journeys.id, coalesce(ids.becomes, deed.person_key) AS person_key, deed.moment, deed.event_id
    FROM rollup_journeys AS journeys
    JOIN keys ON journeys.person_keys && keys.was
    CROSS JOIN LATERAL unnest(person_keys, moments, event_ids) AS deed (person_key, moment, event_id)
    LEFT JOIN ids ON ids.was = deed.person_key
),
rebuilt AS (
    SELECT
        id,
        array_agg(person_key ORDER BY person_key, moment, event_id) AS person_keys,
        array_agg(moment ORDER BY person_key, moment, event_id) AS moments,
        array_agg(event_id ORDER BY person_key, moment, event_id) AS event_ids
    FROM deeds GROUP BY id
)
UPDATE rollup_journeys AS journeys
SET person_keys = rebuilt.person_keys, moments = rebuilt.moments, event_ids = rebuilt.event_ids
FROM rebuilt WHERE journeys.id = rebuilt.id
