-- Takes the validations that have waited longest, for as long as the transaction lasts; two workers take different ones.
DELETE FROM platform_waiting_validation
WHERE id IN (
    SELECT id
    FROM platform_waiting_validation
    ORDER BY id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
RETURNING key_id, result, validated_at
