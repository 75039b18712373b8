CREATE TABLE {table} (LIKE analytics_events INCLUDING ALL)
