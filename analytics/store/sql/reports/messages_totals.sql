SELECT
    count(*) FILTER (WHERE channel = 'notice') AS notices,
    count(*) FILTER (WHERE channel = 'notice' AND is_opened) AS read,
    count(*) FILTER (WHERE channel = 'notice' AND is_opened)::numeric
        / nullif(count(*) FILTER (WHERE channel = 'notice'), 0) AS read_share,
    count(*) FILTER (WHERE channel = 'mail' AND NOT is_failed) AS mails,
    count(*) FILTER (WHERE channel = 'opened') AS opened,
    count(*) FILTER (WHERE channel = 'mail' AND is_failed) AS undelivered
FROM ledger_told
WHERE told_at >= %(start)s AND told_at < %(end)s
