SELECT
    upper(left(told.kind, 1)) || translate(substr(told.kind, 2), '._', '  ') AS kind,
    notices, read, read_share, mails, opened, undelivered
FROM (
    SELECT
        kind,
        count(*) FILTER (WHERE channel = 'notice') AS notices,
        count(*) FILTER (WHERE channel = 'notice' AND is_opened) AS read,
        count(*) FILTER (WHERE channel = 'notice' AND is_opened)::numeric
            / nullif(count(*) FILTER (WHERE channel = 'notice'), 0) AS read_share,
        count(*) FILTER (WHERE channel = 'mail' AND NOT is_failed) AS mails,
        CASE WHEN kind = 'cart.reminder' THEN count(*) FILTER (WHERE channel = 'opened') END AS opened,
        count(*) FILTER (WHERE channel = 'mail' AND is_failed) AS undelivered
    FROM ledger_told
    WHERE told_at >= %(start)s AND told_at < %(end)s
    GROUP BY kind
) AS told
ORDER BY notices + mails DESC, kind
LIMIT %(limit)s
