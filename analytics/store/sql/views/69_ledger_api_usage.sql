-- Requests to the API, each with whose it was; kept for API_USAGE_DAYS.
SELECT
    id, created_at, endpoint, method, status, ms, request_bytes, response_bytes, is_cached, key_id, user_id, country
FROM platform_api_usage
