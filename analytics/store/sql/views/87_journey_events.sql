-- The events of rollup_journeys, one row each.
SELECT
    day, event_type, is_claim,
    unnest(person_keys) AS person_key, unnest(moments) AS occurred_at, unnest(event_ids) AS id
FROM rollup_journeys
