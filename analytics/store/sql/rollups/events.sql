-- One day's events by type and platform; bots left out.
SELECT
    %(day)s::date AS day,
    event_type,
    coalesce(platform, 'unknown') AS platform,
    count(*) AS events,
    count(*) FILTER (WHERE flags & %(claimed)s <> 0) AS claimed
FROM analytics_events
WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND flags <> ALL(%(bot_flags)s)
GROUP BY event_type, platform
