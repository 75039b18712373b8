    SELECT person_key, occurred_at, id, {marks}
    FROM journey_events
    WHERE event_type = {type} AND day BETWEEN %(first)s AND %(until_day)s
        AND occurred_at >= %(start)s AND occurred_at < %(until)s
