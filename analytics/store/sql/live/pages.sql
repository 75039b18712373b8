-- Where people are: each counts on the page or screen that they saw last.
WITH recent AS (
    SELECT
        coalesce(
            CASE WHEN events.event_type <> 'user.aliased' THEN events.user_id END,
            links.user_id, events.user_id, events.visitor_id
        ) AS person,
        left(coalesce(events.page_path, events.screen_name), 200) AS page,
        events.occurred_at,
        events.id
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE events.occurred_at >= %(since)s AND events.occurred_at <= %(now)s AND events.flags <> ALL(%(bot_flags)s)
        AND events.source_key IS NOT NULL AND coalesce(events.page_path, events.screen_name) IS NOT NULL
        AND NOT events.event_type = ANY(%(not_visits)s)
),
latest AS (
    SELECT DISTINCT ON (person) page FROM recent ORDER BY person, occurred_at DESC, id DESC
)
SELECT page, count(*) AS people
FROM latest
GROUP BY page
ORDER BY people DESC, page
LIMIT %(limit)s
