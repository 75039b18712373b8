-- What campaigns cost, day by day, as it was imported.
SELECT day, campaign, source, medium, spend_kobo
FROM (
    SELECT
        *,
        coalesce(
            nullif(
                CASE %(by)s WHEN 'source' THEN source WHEN 'medium' THEN medium WHEN 'campaign' THEN campaign
                ELSE concat_ws(' / ', nullif(source, ''), nullif(medium, ''), nullif(campaign, '')) END,
                ''
            ),
            'No campaign'
        ) AS label
    FROM analytics_campaign_spend
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
) AS spend
WHERE %(label)s = '' OR label = %(label)s
ORDER BY day DESC, campaign, source, medium
LIMIT %(limit)s
