SELECT
    lower(regexp_replace(trim(text), '\s+', ' ', 'g')) AS said,
    count(*) AS times,
    count(DISTINCT user_id) AS people,
    max(created_at) AS latest_at
FROM ledger_pet_messages
WHERE is_understood IS FALSE AND created_at >= %(start)s AND created_at < %(end)s
GROUP BY 1
ORDER BY times DESC, latest_at DESC, said
LIMIT %(limit)s
