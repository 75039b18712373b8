-- Puts random ids in the place of a person's in their own events of a month, and takes away what identifies: of the
-- properties the declared ones stay, of a referrer its site, of a click its kind. A text that holds a word of theirs, or
-- any e-mail, is replaced by the same random one wherever it stands, so that visits are cut as before.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes)),
theirs AS (
    SELECT *
    FROM analytics_events
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
        AND (user_id = ANY(%(users)s) OR user_id IS NULL AND visitor_id = ANY(%(visitors)s))
),
said AS (
    SELECT
        theirs.id, theirs.occurred_at,
        jsonb_object_agg(
            texts.name,
            CASE WHEN {names_somebody} THEN {erased_text}
            ELSE texts.value END
        ) AS texts
    FROM theirs
    CROSS JOIN LATERAL (VALUES
        ('page_path', page_path), ('screen_name', screen_name), ('search_query', search_query),
        ('source_name', source_name), ('category', category), ('city', city), ('state', state),
        ('utm_source', utm_source), ('utm_medium', utm_medium), ('utm_campaign', utm_campaign),
        ('utm_term', utm_term), ('utm_content', utm_content),
        ('referrer_url', substring(referrer_url FROM '^[a-zA-Z-]+://[^/?#]+'))
    ) AS texts (name, value)
    GROUP BY theirs.id, theirs.occurred_at
),
kept AS (
    SELECT
        theirs.id, theirs.occurred_at,
        jsonb_object_agg(
            each.key,
            CASE WHEN each.key IN ('previous_id', 'previousId') THEN to_jsonb(coalesce(
                ids.becomes,
                encode(substr(sha256(convert_to(%(salt)s || each.word, 'UTF8')), 1, 16), 'hex')::uuid::text
            )) ELSE each.value END
        ) AS properties
    FROM theirs
    CROSS JOIN LATERAL (SELECT key, value, properties ->> key AS word FROM jsonb_each(properties)) AS each
    LEFT JOIN ids ON ids.was = each.word
    WHERE each.key IN ('previous_id', 'previousId') OR each.key = ANY(%(stays)s)
        AND jsonb_typeof(each.value) IN ('string', 'number', 'boolean')
        AND each.word !~ '[^@ ](@|%%40)[^@ ]+[.]'
        AND NOT EXISTS (
            SELECT FROM unnest(%(words)s::text[]) AS words (word) WHERE position(word IN lower(each.word)) > 0
        )
    GROUP BY theirs.id, theirs.occurred_at
)
UPDATE analytics_events AS events
SET
    user_id = coalesce((SELECT becomes FROM ids WHERE was = events.user_id), events.user_id),
    visitor_id = coalesce((SELECT becomes FROM ids WHERE was = events.visitor_id), events.visitor_id),
    session_id = encode(substr(sha256(convert_to(%(salt)s || events.session_id, 'UTF8')), 1, 16), 'hex')::uuid::text,
    click_id = coalesce(substring(events.click_id FROM '^[^:]*:'), '')
        || left(encode(sha256(convert_to(%(salt)s || events.click_id, 'UTF8')), 'hex'), 16),
    page_path = texts ->> 'page_path', screen_name = texts ->> 'screen_name',
    search_query = texts ->> 'search_query', source_name = texts ->> 'source_name',
    category = texts ->> 'category', city = texts ->> 'city', state = texts ->> 'state',
    utm_source = texts ->> 'utm_source', utm_medium = texts ->> 'utm_medium',
    utm_campaign = texts ->> 'utm_campaign', utm_term = texts ->> 'utm_term', utm_content = texts ->> 'utm_content',
    referrer_url = texts ->> 'referrer_url',
    properties = coalesce(kept.properties, '{}'), message_id = NULL, ip = NULL
FROM said LEFT JOIN kept ON kept.id = said.id AND kept.occurred_at = said.occurred_at
WHERE events.id = said.id AND events.occurred_at = said.occurred_at
    AND events.occurred_at >= %(start)s AND events.occurred_at < %(end)s
