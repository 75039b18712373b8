    -- The visit in which the furthest way began; one that a client told of rather than one that only the shop knows.
    SELECT label, count(*) AS people_1, {counts}
    FROM (
        SELECT DISTINCT ON (people.person_key)
            people.*, coalesce(nullif(left(visits.{column}, 100), ''), 'Unknown') AS label
        FROM (
            SELECT begun.person_key, begun.begun, {reached}
            FROM begun LEFT JOIN taken ON taken.person_key = begun.person_key
        ) AS people
        LEFT JOIN analytics_sessions AS visits ON visits.person_key = people.person_key
            AND visits.started_at >= %(start)s - interval '1 day' AND visits.started_at < %(end)s
            AND visits.started_at <= {start} AND visits.ended_at >= {start}
        ORDER BY people.person_key, visits.is_seen DESC NULLS LAST, visits.started_at DESC, visits.id
    ) AS labelled
    GROUP BY label
