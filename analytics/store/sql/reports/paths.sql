-- What visits did right after (or before) they first came to a page or event; without one, from their ends.
-- A visit ends at 04:00 at the latest, so its last events are within a day of its start. Parts of an address with four
-- digits or more name one order or person: they are one place.
WITH visits AS (
    SELECT id, visitor, started_at, ended_at
    FROM analytics_sessions
    WHERE started_at >= %(start)s AND started_at < %(end)s AND is_seen
),
seen AS (
    SELECT
        visits.id AS visit, events.occurred_at, events.id,
        CASE %(of)s WHEN 'events' THEN event_type ELSE
            regexp_replace(left(coalesce(page_path, screen_name), 500), '/[^/]*[0-9]{4}[^/]*', '/…', 'g') END AS place
    FROM visits
    JOIN analytics_events AS events ON coalesce(events.visitor_id, events.user_id) = visits.visitor
        AND events.occurred_at >= visits.started_at AND events.occurred_at <= visits.ended_at
    WHERE events.occurred_at >= %(start)s AND events.occurred_at < %(end)s + interval '1 day'
        AND flags <> ALL(%(bot_flags)s) AND NOT event_type = ANY(%(not_visits)s)
        AND (%(of)s = 'events' OR event_type = ANY(%(arrivals)s) AND coalesce(page_path, screen_name) IS NOT NULL)
),
changes AS (
    SELECT *, place IS DISTINCT FROM lag(place) OVER (PARTITION BY visit ORDER BY occurred_at, id) AS is_new FROM seen
),
steps AS (
    SELECT visit, place, row_number() OVER (PARTITION BY visit ORDER BY occurred_at, id) AS number
    FROM changes WHERE is_new
),
chosen AS (
    SELECT
        visit,
        CASE WHEN %(chosen)s <> '' THEN min(number) FILTER (WHERE place = %(chosen)s)
            WHEN %(direction)s = 'next' THEN 0 ELSE max(number) + 1 END AS number
    FROM steps
    GROUP BY visit
    HAVING %(chosen)s = '' OR bool_or(place = %(chosen)s)
),
around AS (
    SELECT chosen.visit, steps.place, steps.number, abs(steps.number - chosen.number) AS distance
    FROM chosen
    LEFT JOIN steps ON steps.visit = chosen.visit AND CASE %(direction)s
        WHEN 'next' THEN steps.number > chosen.number AND steps.number <= chosen.number + %(depth)s::integer
        ELSE steps.number < chosen.number AND steps.number >= chosen.number - %(depth)s::integer END
),
paths AS (
    SELECT
        visit,
        max(place) FILTER (WHERE distance = 1) AS near,
        string_agg(place, ' → ' ORDER BY number) AS path,
        count(place) < %(depth)s::integer AS is_whole
    FROM around
    GROUP BY visit
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
