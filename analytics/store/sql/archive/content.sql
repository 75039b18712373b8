-- How many events there are of some days, and the hash of them (lifecycle/archive/content.py has the rule).
SELECT
    count(*),
    coalesce(sum(('x' || encode(substr(sha256(convert_to({row_text}, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)::text
FROM {table}
WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
