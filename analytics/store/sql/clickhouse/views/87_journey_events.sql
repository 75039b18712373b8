-- The events of rollup_journeys, one row each.
SELECT
    day, event_type, is_claim,
    tupleElement(told, 1) AS person_key, tupleElement(told, 2) AS occurred_at, tupleElement(told, 3) AS id
FROM rollup_journeys
ARRAY JOIN arrayZip(person_keys, moments, event_ids) AS told
