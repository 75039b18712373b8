-- Who is there now: people, a known visitor and their account being one. Minutes of events, by the index of times.
SELECT count(DISTINCT coalesce(
    CASE WHEN recent.event_type <> 'user.aliased' THEN recent.user_id END,
    links.user_id, recent.user_id, recent.visitor_id
))
FROM analytics_events AS recent
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = recent.visitor_id
WHERE recent.occurred_at >= %(since)s AND recent.occurred_at <= %(now)s AND recent.flags <> ALL(%(bot_flags)s)
    AND recent.source_key IS NOT NULL AND NOT recent.event_type = ANY(%(not_visits)s)
