    -- The visit in which the furthest way began; one that a client told of rather than one that only the shop knows.
    SELECT coalesce(found.label, 'Unknown') AS label, people.taken AS taken
    FROM walked AS people
    LEFT JOIN (
        SELECT
            starts.person_key AS person_key,
            argMin(
                coalesce(nullIf(leftUTF8(visits.{column}, 100), ''), 'Unknown'),
                (NOT visits.is_seen, -toUnixTimestamp64Micro(visits.started_at), visits.id)
            ) AS label
        FROM (
            SELECT person_key, fromUnixTimestamp64Micro(arrayLast(way -> notEmpty(way), taken)[1], 'UTC') AS start
            FROM walked
        ) AS starts
        JOIN analytics_sessions AS visits ON visits.person_key = starts.person_key
        WHERE visits.started_at >= {{start: }} - INTERVAL 1 DAY AND visits.started_at < {{end: }}
            AND visits.started_at <= starts.start AND visits.ended_at >= starts.start
        GROUP BY starts.person_key
    ) AS found ON found.person_key = people.person_key
