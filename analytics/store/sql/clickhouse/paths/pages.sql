    SELECT arrayCompact(
        arrayMap(page -> replaceRegexpAll(page, '/[^/]*[0-9]{{4}}[^/]*', '/…'), pages)
    ) AS places
    FROM analytics_sessions
    WHERE started_at >= {{start: }} AND started_at < {{end: }} AND is_seen
