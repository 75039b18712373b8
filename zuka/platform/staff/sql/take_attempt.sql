-- Counts an attempt before anybody looks at the password, so that many at once are each counted; those that come while
-- locked change nothing. Returns how many there were in this span, or nothing while it is locked.
INSERT INTO platform_sign_in_lock AS held (kind, who_hash, user_id, ip, failures, began_at)
VALUES (%(kind)s, %(who_hash)s, %(user_id)s, %(ip)s, 1, %(at)s)
ON CONFLICT (kind, who_hash) DO UPDATE SET
    failures = CASE WHEN held.began_at <= %(span_start)s THEN 1 ELSE held.failures + 1 END,
    began_at = CASE WHEN held.began_at <= %(span_start)s THEN EXCLUDED.began_at ELSE held.began_at END,
    locked_until = CASE
        WHEN held.began_at > %(span_start)s AND held.failures + 1 >= %(most)s THEN %(locked_until)s
        WHEN %(most)s = 1 THEN %(locked_until)s
    END,
    user_id = EXCLUDED.user_id,
    ip = EXCLUDED.ip
WHERE held.locked_until IS NULL OR held.locked_until <= %(at)s
RETURNING failures
