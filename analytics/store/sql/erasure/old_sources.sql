-- On days of theirs that cannot be counted again, replaces what of a campaign holds a word of a person, or an e-mail
-- that led to a visit of theirs, by the random text that stands for it in their visits; what then is alike is one row.
WITH said AS (
    SELECT
        sources.id,
        jsonb_object_agg(texts.name, CASE
            WHEN {names_somebody} AND EXISTS (
                SELECT FROM analytics_sessions AS sessions
                WHERE sessions.day = sources.day AND sessions.person = ANY(%(own)s)
                    AND texts.value IN (left(utm_source, 100), left(utm_medium, 100), left(utm_campaign, 100))
            ) THEN {erased_text}
            ELSE texts.value
        END) AS becomes,
        jsonb_object_agg(texts.name, texts.value) AS was
    FROM rollup_sources AS sources
    CROSS JOIN LATERAL (VALUES
        ('source', sources.utm_source), ('medium', sources.utm_medium), ('campaign', sources.utm_campaign)
    ) AS texts (name, value)
    WHERE sources.day = ANY(%(days)s::date[])
    GROUP BY sources.id
),
gone AS (
    DELETE FROM rollup_sources AS sources USING said
    WHERE sources.id = said.id AND said.becomes <> said.was
    RETURNING sources.*, said.becomes
)
INSERT INTO rollup_sources AS sources (
    day, referrer_host, utm_source, utm_medium, utm_campaign, currency, sessions, bounces, carted, converted, orders,
    value_kobo
)
SELECT
    day, referrer_host, becomes ->> 'source', becomes ->> 'medium', becomes ->> 'campaign', currency, sum(sessions),
    sum(bounces), sum(carted), sum(converted), sum(orders), sum(value_kobo)
FROM gone GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (day, referrer_host, utm_source, utm_medium, utm_campaign, currency) DO UPDATE SET
    sessions = sources.sessions + excluded.sessions,
    bounces = sources.bounces + excluded.bounces,
    carted = sources.carted + excluded.carted,
    converted = sources.converted + excluded.converted,
    orders = sources.orders + excluded.orders,
    value_kobo = sources.value_kobo + excluded.value_kobo
