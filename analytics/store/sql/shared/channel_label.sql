CASE
    WHEN credits.channel = 'unattributed' THEN titles.title
    WHEN %(by)s = 'source' THEN coalesce(nullif(source, ''), nullif(referrer, ''), 'No source')
    WHEN %(by)s = 'campaign' THEN coalesce(nullif(campaign, ''), 'No campaign')
    ELSE titles.title
END
