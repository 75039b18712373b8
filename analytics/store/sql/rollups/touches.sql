-- One day's visits as touches, each with the channel of the first rule that fits (registry/channels.py). Visits are
-- alike in what sent them, so each way of coming is looked up once. Words that are too long for an index are cut.
WITH visits AS (
    SELECT
        id, person, started_at,
        left(coalesce(utm_source, ''), 100) AS source,
        left(coalesce(utm_medium, ''), 100) AS medium,
        left(coalesce(utm_campaign, ''), 100) AS campaign,
        coalesce(referrer_host, '') AS referrer,
        coalesce(substring(lower(click_id) FROM '^[^:]*:'), '') AS click
    FROM analytics_sessions
    WHERE day = %(day)s AND is_seen
),
ways AS (
    SELECT DISTINCT source, medium, campaign, referrer, click FROM visits
),
rules AS (
    SELECT *
    FROM unnest(
        %(rule_channel)s::text[], %(rule_source)s::text[], %(rule_medium)s::text[], %(rule_tags)s::text[],
        %(rule_click)s::text[]
    ) WITH ORDINALITY AS rules (channel, source, medium, tags, click, place)
),
-- Kept, else PostgreSQL looks it up for every visit.
ruled AS MATERIALIZED (
    SELECT ways.*, found.channel
    FROM ways
    CROSS JOIN LATERAL (
        SELECT rules.channel
        FROM rules
        WHERE (rules.source = '' OR lower(coalesce(nullif(ways.source, ''), ways.referrer)) ~ rules.source)
            AND (rules.medium = '' OR lower(ways.medium) ~ rules.medium)
            AND (rules.tags = '' OR ways.source || ways.medium || ways.campaign ~ rules.tags)
            AND (rules.click = '' OR ways.click ~ rules.click)
        ORDER BY rules.place
        LIMIT 1
    ) AS found
)
SELECT
    %(day)s::date AS day,
    visits.id AS session,
    visits.person,
    visits.started_at AS touched_at,
    ruled.channel,
    visits.source,
    visits.medium,
    visits.campaign,
    visits.referrer
FROM visits
JOIN ruled USING (source, medium, campaign, referrer, click)
