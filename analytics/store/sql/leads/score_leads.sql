-- Each person of the days and their score, from the rows of who was there, which leave bots out. Rows that stay the
-- same are not written again.
WITH people AS (
    SELECT
        person,
        bool_or(is_known) AS is_known,
        sum(events)::bigint AS events,
        count(*)::smallint AS days,
        max(last_at) AS last_at
    FROM rollup_visitors
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY person
)
INSERT INTO analytics_lead_scores AS leads (person, is_known, band, events, days, last_at)
SELECT
    person,
    is_known,
    (
        SELECT band FROM unnest(%(bands)s::text[], %(events)s::bigint[], %(days)s::bigint[])
            WITH ORDINALITY AS bands (band, least_events, least_days, place)
        WHERE people.events >= least_events AND people.days >= least_days
        ORDER BY place
        LIMIT 1
    ),
    events,
    days,
    last_at
FROM people
WHERE NOT EXISTS (SELECT FROM ledger_unscored WHERE ledger_unscored.person = people.person)
ON CONFLICT (person) DO UPDATE
SET is_known = excluded.is_known, band = excluded.band, events = excluded.events, days = excluded.days,
    last_at = excluded.last_at
WHERE (leads.is_known, leads.band, leads.events, leads.days, leads.last_at)
    IS DISTINCT FROM (excluded.is_known, excluded.band, excluded.events, excluded.days, excluded.last_at)
