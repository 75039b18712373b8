-- As store/sql/rollups/touches.sql: each way of coming is held against the rules in their order, once.
WITH visits AS (
    SELECT
        id, person, started_at,
        leftUTF8(coalesce(utm_source, ''), 100) AS source,
        leftUTF8(coalesce(utm_medium, ''), 100) AS medium,
        leftUTF8(coalesce(utm_campaign, ''), 100) AS campaign,
        coalesce(referrer_host, '') AS referrer,
        regexpExtract(lowerUTF8(coalesce(click_id, '')), '^[^:]*:', 0) AS click
    FROM analytics_sessions
    WHERE day = {day: } AND is_seen
),
ruled AS (
    SELECT
        source, medium, campaign, referrer, click,
        arrayFirst(
            (rule, source_rule, medium_rule, tags_rule, click_rule) ->
                (source_rule = '' OR match(lowerUTF8(if(source = '', referrer, source)), source_rule))
                AND (medium_rule = '' OR match(lowerUTF8(medium), medium_rule))
                AND (tags_rule = '' OR match(concat(source, medium, campaign), tags_rule))
                AND (click_rule = '' OR match(click, click_rule)),
            {rule_channel: }, {rule_source: }, {rule_medium: }, {rule_tags: }, {rule_click: }
        ) AS channel
    FROM (SELECT DISTINCT source, medium, campaign, referrer, click FROM visits)
)
SELECT
    CAST({day: }, 'Date') AS day, visits.id AS session, visits.person AS person, visits.started_at AS touched_at,
    ruled.channel AS channel, visits.source AS source, visits.medium AS medium, visits.campaign AS campaign,
    visits.referrer AS referrer
FROM visits
JOIN ruled ON ruled.source = visits.source AND ruled.medium = visits.medium AND ruled.campaign = visits.campaign
    AND ruled.referrer = visits.referrer AND ruled.click = visits.click
