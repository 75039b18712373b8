-- How validations of keys ended, by day: exact, as limits are held by these rows. Those of no known key have none.
SELECT key_id AS source_key, day, result, validations FROM platform_validation_day
