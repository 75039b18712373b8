-- One page of the people who made an account, newest first: of each the same word that its day counts.
WITH told AS (
    SELECT
        coalesce(events.user_id, links.user_id, events.visitor_id) AS person,
        left(coalesce(properties ->> 'source', 'unknown'), 60) AS source,
        left(coalesce(properties ->> 'platform', platform, 'unknown'), 60) AS platform,
        left(coalesce(properties ->> 'country', country, 'unknown'), 60) AS country,
        source_key IS NOT NULL AS is_claim, occurred_at, id
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE occurred_at >= %(start)s - interval '25 hours' AND occurred_at < %(end)s
        AND flags <> ALL(%(bot_flags)s) AND event_type = 'user.created'
),
people AS (
    SELECT DISTINCT ON (zuka_local_day(occurred_at), person) *
    FROM told
    ORDER BY zuka_local_day(occurred_at), person, is_claim, occurred_at, id
)
SELECT
    occurred_at,
    (
        SELECT name FROM ledger_people WHERE user_id = substring(
            person FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        )::uuid
    ) AS customer,
    source, platform, country, person, id
FROM people
WHERE occurred_at >= %(start)s AND (occurred_at, id) < (%(before)s, %(before_id)s::uuid)
    AND (%(source)s = '' OR source = %(source)s)
    AND (%(platform)s = '' OR platform = %(platform)s)
    AND (%(country)s = '' OR country = %(country)s)
ORDER BY occurred_at DESC, id DESC
LIMIT %(limit)s
