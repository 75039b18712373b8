-- The orders behind a line of attribution: each with the visits that it is put down to there, and their share.
WITH shared AS (
    SELECT
        credits.day, order_ref, titles.title, source, referrer, campaign, position, touches, session,
        CASE %(grouped)s WHEN 'campaigns' THEN {campaign_label} ELSE {channel_label} END AS label,
        {model_credits}
    FROM analytics_order_attributions AS credits
    JOIN unnest(%(channels)s::text[], %(channel_titles)s::text[]) AS titles (channel, title)
        ON titles.channel = credits.channel
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
)
SELECT
    day,
    order_ref,
    kobo AS revenue_kobo,
    parts / 1000000.0 AS orders,
    title AS channel,
    coalesce(nullif(source, ''), nullif(referrer, '')) AS source,
    nullif(campaign, '') AS campaign,
    CASE WHEN session IS NOT NULL THEN position || ' of ' || touches END AS visit,
    session::text AS session
FROM shared
WHERE (kobo <> 0 OR parts <> 0) AND (%(label)s = '' OR label = %(label)s)
ORDER BY day DESC, order_ref DESC, position
LIMIT %(limit)s
