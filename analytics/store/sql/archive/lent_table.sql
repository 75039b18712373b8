-- Without the constraints of the real one: columns that a report does not name stay empty.
CREATE TEMP TABLE archived_events ON COMMIT DROP AS SELECT * FROM analytics_events WITH NO DATA
