-- On days of theirs that cannot be counted again, replaces a first page that holds a word of a person, or an e-mail
-- that a visit of theirs began with, by the random text that stands for it in their visits; what is alike is one row.
WITH said AS (
    SELECT DISTINCT
        day, entry_page AS was,
        'erased-' || left(encode(sha256(convert_to(%(salt)s || entry_page, 'UTF8')), 'hex'), 12) AS becomes
    FROM rollup_landings AS landings
    WHERE day = ANY(%(days)s::date[]) AND (
        EXISTS (
            SELECT FROM unnest(%(words)s::text[]) AS words (word) WHERE position(word IN lower(entry_page)) > 0
        )
        OR entry_page ~ '[^@ ](@|%%40)[^@ ]+[.]' AND EXISTS (
            SELECT FROM analytics_sessions AS sessions
            WHERE sessions.day BETWEEN landings.day AND coalesce(
                (SELECT last_day FROM analytics_compacted_periods WHERE first_day = landings.day), landings.day
            ) AND sessions.entry_page = landings.entry_page
                AND sessions.person = ANY(%(own)s)
        )
    )
),
gone AS (
    DELETE FROM rollup_landings AS landings USING said
    WHERE landings.day = said.day AND landings.entry_page = said.was
    RETURNING landings.*, said.becomes
)
INSERT INTO rollup_landings AS landings (
    day, entry_page, currency, sessions, bounces, page_views, converted, orders, value_kobo
)
SELECT
    day, becomes, currency, sum(sessions), sum(bounces), sum(page_views), sum(converted), sum(orders), sum(value_kobo)
FROM gone GROUP BY day, becomes, currency
ON CONFLICT (day, entry_page, currency) DO UPDATE SET
    sessions = landings.sessions + excluded.sessions,
    bounces = landings.bounces + excluded.bounces,
    page_views = landings.page_views + excluded.page_views,
    converted = landings.converted + excluded.converted,
    orders = landings.orders + excluded.orders,
    value_kobo = landings.value_kobo + excluded.value_kobo
