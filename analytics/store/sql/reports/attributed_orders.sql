-- The orders behind a line of attribution: each with the visits that it is put down to there, and their share.
WITH shared AS (
    SELECT
        shares.day, order_ref, titles.title, source, referrer, campaign, position, touches, session,
        CASE
            WHEN %(grouped)s = 'campaigns' THEN coalesce(
                nullif(
                    CASE %(by)s WHEN 'source' THEN source WHEN 'medium' THEN medium WHEN 'campaign' THEN campaign
                    ELSE concat_ws(' / ', nullif(source, ''), nullif(medium, ''), nullif(campaign, '')) END,
                    ''
                ),
                'No campaign'
            )
            WHEN shares.channel = 'unattributed' THEN titles.title
            WHEN %(by)s = 'source' THEN coalesce(nullif(source, ''), nullif(referrer, ''), 'No source')
            WHEN %(by)s = 'campaign' THEN coalesce(nullif(campaign, ''), 'No campaign')
            ELSE titles.title
        END AS label,
        CASE %(model)s WHEN 'last' THEN last_parts WHEN 'first' THEN first_parts WHEN 'linear' THEN linear_parts
            ELSE position_parts END AS parts,
        CASE %(model)s WHEN 'last' THEN last_kobo WHEN 'first' THEN first_kobo WHEN 'linear' THEN linear_kobo
            ELSE position_kobo END AS kobo
    FROM analytics_order_attributions AS shares
    JOIN unnest(%(channels)s::text[], %(channel_titles)s::text[]) AS titles (channel, title)
        ON titles.channel = shares.channel
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
