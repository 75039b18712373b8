    SELECT person_key, toUnixTimestamp64Micro(occurred_at) AS moment, id, [{marks}] AS marks
    FROM ({events}) AS events
