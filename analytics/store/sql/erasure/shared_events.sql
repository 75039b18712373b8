-- Puts random ids in the place of a person's in events of a month that others left in the same browser.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes))
UPDATE analytics_events AS events
SET visitor_id = ids.becomes
FROM ids
WHERE events.visitor_id = ids.was AND events.occurred_at >= %(start)s AND events.occurred_at < %(end)s
