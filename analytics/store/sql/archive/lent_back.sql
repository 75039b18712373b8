DROP TABLE pg_temp.archived_events CASCADE
