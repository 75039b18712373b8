-- One page of requests to the API, newest first.
SELECT
    created_at, endpoint, method, status::text AS status, ms,
    CASE WHEN is_cached THEN 'Yes' ELSE 'No' END AS cached,
    request_bytes, response_bytes,
    (SELECT ledger_keys.name FROM ledger_keys WHERE ledger_keys.source_key = key_id) AS key_name,
    (SELECT ledger_people.name FROM ledger_people WHERE ledger_people.user_id = ledger_api_usage.user_id) AS name,
    user_id::text AS person, country, id
FROM ledger_api_usage
WHERE created_at >= %(start)s AND created_at <= %(before)s
    AND (created_at, id) < (%(before)s, %(before_id)s::uuid)
    AND (%(endpoint)s = '' OR endpoint = %(endpoint)s)
    AND (%(method)s = '' OR method = %(method)s)
    AND (%(key)s = '' OR key_id::text = %(key)s)
    AND (%(person)s = '' OR user_id::text = %(person)s)
    AND CASE %(outcome)s WHEN 'answered' THEN status < 400 WHEN 'client' THEN status BETWEEN 400 AND 499
        WHEN 'server' THEN status >= 500 WHEN 'limited' THEN status = 429 WHEN 'cached' THEN is_cached ELSE true END
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s
