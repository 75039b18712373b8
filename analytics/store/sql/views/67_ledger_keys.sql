-- Keys by the id that events carry, and what staff call them.
SELECT
    id AS source_key,
    name,
    status = 'active' AND (expires_at IS NULL OR expires_at > now()) AS is_active
FROM platform_api_key
