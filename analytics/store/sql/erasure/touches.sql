-- Puts random ids in the place of a person's in what may have led to orders, and random texts in that of what of their
-- campaigns holds a word of theirs or an e-mail, as in their visits.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes)),
said AS (
    SELECT
        touches.session, ids.becomes AS person,
        jsonb_object_agg(texts.name, CASE
            WHEN touches.person = ANY(%(own)s) AND ({names_somebody})
            THEN {erased_text}
            ELSE texts.value
        END) AS texts
    FROM analytics_touches AS touches
    JOIN ids ON ids.was = touches.person
    CROSS JOIN LATERAL (VALUES
        ('source', touches.source), ('medium', touches.medium), ('campaign', touches.campaign)
    ) AS texts (name, value)
    GROUP BY touches.session, ids.becomes
)
UPDATE analytics_touches AS touches
SET
    person = said.person, source = texts ->> 'source', medium = texts ->> 'medium', campaign = texts ->> 'campaign'
FROM said WHERE touches.session = said.session
