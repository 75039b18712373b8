-- What came into a partition beside the archive is there already.
DELETE FROM archived_events AS lent
USING analytics_events AS events
WHERE events.id = lent.id AND events.occurred_at = lent.occurred_at
