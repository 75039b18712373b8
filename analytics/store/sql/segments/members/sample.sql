-- Some of them, when they were here last, and what staff call them.
WITH people AS MATERIALIZED (
    {people}
),
chosen AS MATERIALIZED (
    SELECT people.person FROM people ORDER BY people.person LIMIT %(limit)s
)
SELECT
    chosen.person,
    (
        SELECT names.name FROM ledger_people AS names WHERE names.user_id = substring(
            chosen.person FROM '^[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}$'
        )::uuid
    ) AS name,
    (
        SELECT max(visits.last_at) FROM rollup_visitors AS visits
        WHERE visits.person_key = hashtextextended(chosen.person, 0) AND visits.person = chosen.person
    ) AS last_at
FROM chosen
ORDER BY last_at DESC NULLS LAST, chosen.person
