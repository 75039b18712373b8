-- On days of theirs that cannot be counted again, replaces a search that holds a word of a person by a random text, the
-- same for the same search; what then is alike is one row.
WITH gone AS (
    DELETE FROM rollup_searches
    WHERE day = ANY(%(days)s::date[]) AND EXISTS (
        SELECT FROM unnest(%(words)s::text[]) AS words (word) WHERE position(word IN query) > 0
    )
    RETURNING *, 'erased-' || left(encode(sha256(convert_to(%(salt)s || query, 'UTF8')), 'hex'), 12) AS becomes
)
INSERT INTO rollup_searches AS searches (
    day, query, searches, counted, found, followed, refined, empty, lost
)
SELECT
    day, becomes, sum(gone.searches), sum(counted), sum(found), sum(followed), sum(refined), sum(empty), sum(lost)
FROM gone GROUP BY day, becomes
ON CONFLICT (day, query) DO UPDATE SET
    searches = searches.searches + excluded.searches,
    counted = searches.counted + excluded.counted,
    found = searches.found + excluded.found,
    followed = searches.followed + excluded.followed,
    refined = searches.refined + excluded.refined,
    empty = searches.empty + excluded.empty,
    lost = searches.lost + excluded.lost
