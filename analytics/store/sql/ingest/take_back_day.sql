-- Deletes what an import of history stored of a day: it is known by its source's key and its own moment of arrival.
DELETE FROM analytics_events
WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
  AND source_key = %(source_key)s AND received_at = %(received_at)s
