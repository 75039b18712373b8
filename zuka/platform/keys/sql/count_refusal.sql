-- Counts a validation that was refused and lets its fact wait to be stated; without a key where the token is nobody's.
WITH counted AS (
    INSERT INTO platform_validation_day AS counted (key_id, day, result, validations)
    VALUES (%(key_id)s, %(day)s, %(result)s, 1)
    ON CONFLICT (key_id, day, result) DO UPDATE
    SET validations = counted.validations + 1
)
INSERT INTO platform_waiting_validation (key_id, result, validated_at)
VALUES (%(key_id)s, %(result)s, %(at)s)
