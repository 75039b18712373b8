-- Counts a validation that may succeed and lets its fact wait to be stated, together: no row comes back when the day has
-- had as many as the key may have. The row is locked until the end, so that exactly so many succeed however many ask.
WITH counted AS (
    INSERT INTO platform_validation_day AS counted (key_id, day, result, validations)
    SELECT %(key_id)s, %(day)s, 'success', 1
    WHERE %(most)s > 0
    ON CONFLICT (key_id, day, result) DO UPDATE
    SET validations = counted.validations + 1
    WHERE counted.validations < %(most)s
    RETURNING validations
), told AS (
    INSERT INTO platform_waiting_validation (key_id, result, validated_at)
    SELECT %(key_id)s, 'success', %(at)s
    FROM counted
)
SELECT validations
FROM counted
