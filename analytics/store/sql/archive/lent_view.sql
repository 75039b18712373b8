CREATE TEMP VIEW analytics_events AS
SELECT * FROM {schema}.analytics_events UNION ALL SELECT * FROM archived_events
