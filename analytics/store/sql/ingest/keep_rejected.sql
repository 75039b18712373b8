INSERT INTO analytics_rejected_events
    (id, stage, reason, message, field, door, source_key, message_id, source_name, received_at, payload,
     reading)
VALUES
    (%(id)s, %(stage)s, %(reason)s, %(message)s, %(field)s, %(door)s, %(source_key)s, %(message_id)s,
     %(source_name)s, %(received_at)s, %(payload)s,
     %(reading)s)
ON CONFLICT (id) DO NOTHING
