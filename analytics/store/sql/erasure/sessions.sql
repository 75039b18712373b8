-- Puts random ids in the place of a person's in visits, and takes away what identifies, as in their events.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes)),
theirs AS (
    SELECT *, person = ANY(%(own)s) AS is_own
    FROM analytics_sessions WHERE visitor = ANY(%(was)s) OR person = ANY(%(was)s)
),
said AS (
    SELECT
        theirs.id,
        jsonb_object_agg(
            texts.name,
            CASE WHEN {names_somebody} THEN {erased_text}
            ELSE texts.value END
        ) AS texts
    FROM theirs
    CROSS JOIN LATERAL (
        VALUES
        ('entry_page', entry_page), ('exit_page', exit_page), ('state', state), ('utm_source', utm_source),
        ('utm_medium', utm_medium), ('utm_campaign', utm_campaign), ('utm_term', utm_term),
        ('utm_content', utm_content), ('referrer_url', substring(referrer_url FROM '^[a-zA-Z-]+://[^/?#]+'))
        UNION ALL
        SELECT 'page ' || number, page FROM unnest(pages) WITH ORDINALITY AS paths (page, number)
    ) AS texts (name, value)
    WHERE is_own
    GROUP BY theirs.id
)
UPDATE analytics_sessions AS sessions
SET
    visitor = coalesce(visitors.becomes, sessions.visitor),
    visitor_id = CASE WHEN sessions.visitor_id IS NULL THEN NULL ELSE coalesce(visitors.becomes, sessions.visitor_id) END,
    user_id = coalesce(users.becomes, sessions.user_id),
    person = coalesce(people.becomes, sessions.person),
    person_key = hashtextextended(coalesce(people.becomes, sessions.person), 0),
    click_id = CASE WHEN said.id IS NULL THEN sessions.click_id
        ELSE coalesce(substring(sessions.click_id FROM '^[^:]*:'), '')
            || left(encode(sha256(convert_to(%(salt)s || sessions.click_id, 'UTF8')), 'hex'), 16) END,
    entry_page = coalesce(texts ->> 'entry_page', CASE WHEN said.id IS NULL THEN sessions.entry_page END),
    exit_page = coalesce(texts ->> 'exit_page', CASE WHEN said.id IS NULL THEN sessions.exit_page END),
    state = coalesce(texts ->> 'state', CASE WHEN said.id IS NULL THEN sessions.state END),
    utm_source = coalesce(texts ->> 'utm_source', CASE WHEN said.id IS NULL THEN sessions.utm_source END),
    utm_medium = coalesce(texts ->> 'utm_medium', CASE WHEN said.id IS NULL THEN sessions.utm_medium END),
    utm_campaign = coalesce(texts ->> 'utm_campaign', CASE WHEN said.id IS NULL THEN sessions.utm_campaign END),
    utm_term = coalesce(texts ->> 'utm_term', CASE WHEN said.id IS NULL THEN sessions.utm_term END),
    utm_content = coalesce(texts ->> 'utm_content', CASE WHEN said.id IS NULL THEN sessions.utm_content END),
    referrer_url = coalesce(texts ->> 'referrer_url', CASE WHEN said.id IS NULL THEN sessions.referrer_url END),
    pages = CASE WHEN said.id IS NULL OR sessions.pages IS NULL THEN sessions.pages ELSE ARRAY(
        SELECT texts ->> ('page ' || number) FROM generate_series(1, cardinality(sessions.pages)) AS number
        ORDER BY number
    ) END
FROM theirs
LEFT JOIN said ON said.id = theirs.id
LEFT JOIN ids AS visitors ON visitors.was = theirs.visitor
LEFT JOIN ids AS users ON users.was = theirs.user_id
LEFT JOIN ids AS people ON people.was = theirs.person
WHERE sessions.id = theirs.id
