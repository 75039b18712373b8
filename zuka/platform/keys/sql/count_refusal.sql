-- Counts a validation that was refused; without a key where the token is nobody's.
INSERT INTO platform_validation_day AS counted (key_id, day, result, validations)
VALUES (%(key_id)s, %(day)s, %(result)s, 1)
ON CONFLICT (key_id, day, result) DO UPDATE
SET validations = counted.validations + 1
