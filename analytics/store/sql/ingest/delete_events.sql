DELETE FROM analytics_events AS event
USING unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS gone (id, occurred_at)
WHERE event.id = gone.id AND event.occurred_at = gone.occurred_at
