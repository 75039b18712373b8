-- What visits did right after (or before) they first came to a page or event; without one, from their ends. Pages are
-- kept with their visit, events are looked up (sql/paths/). A visit ends at 04:00 at the latest, so its last events are
-- within a day of its start. Parts of an address with four digits or more name one order or person: they are one place.
WITH visits AS (
    SELECT row_number() OVER () AS visit, pages, visitor, started_at, ended_at
    FROM analytics_sessions
    WHERE started_at >= %(start)s AND started_at < %(end)s AND is_seen
),
places AS MATERIALIZED (
    SELECT page, regexp_replace(page, '/[^/]*[0-9]{{4}}[^/]*', '/…', 'g') AS place
    FROM (SELECT DISTINCT unnest(pages) AS page FROM visits) AS pages
),
steps AS ({steps}),
walks AS (
    SELECT array_agg(place ORDER BY number) AS places FROM steps GROUP BY visit
),
chosen AS (
    SELECT
        places,
        CASE WHEN %(chosen)s <> '' THEN array_position(places, %(chosen)s)
            WHEN %(direction)s = 'next' THEN 0 ELSE cardinality(places) + 1 END AS number
    FROM walks
    WHERE %(chosen)s = '' OR %(chosen)s = ANY(places)
),
around AS (
    SELECT CASE %(direction)s
        WHEN 'next' THEN places[number + 1:number + %(depth)s::integer]
        ELSE places[greatest(number - %(depth)s::integer, 1):number - 1] END AS places
    FROM chosen
),
paths AS (
    SELECT
        places[CASE %(direction)s WHEN 'next' THEN 1 ELSE cardinality(places) END] AS near,
        CASE WHEN cardinality(places) > 0 THEN array_to_string(places, ' → ') END AS path,
        cardinality(places) < %(depth)s::integer AS is_whole
    FROM around
)
SELECT
    CASE WHEN NOT is_whole THEN path WHEN %(direction)s = 'next' THEN concat_ws(' → ', path, '(visit ends)')
        ELSE concat_ws(' → ', '(visit begins)', path) END AS path,
    near,
    count(*) AS sessions,
    count(*) / sum(count(*)) OVER () AS share
FROM paths
GROUP BY 1, near
ORDER BY sessions DESC, path
LIMIT %(limit)s
