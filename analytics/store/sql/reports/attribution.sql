-- Revenue paid and orders by what led to them, under one model; what nothing led to stays a row of its own.
WITH parts AS (
    SELECT
        CASE
            WHEN rollup.channel = 'unattributed' THEN titles.title
            WHEN %(by)s = 'source' THEN coalesce(nullif(source, ''), nullif(referrer, ''), 'No source')
            WHEN %(by)s = 'campaign' THEN coalesce(nullif(campaign, ''), 'No campaign')
            ELSE titles.title
        END AS label,
        CASE %(model)s WHEN 'last' THEN last_parts WHEN 'first' THEN first_parts WHEN 'linear' THEN linear_parts
            ELSE position_parts END AS parts,
        CASE %(model)s WHEN 'last' THEN last_kobo WHEN 'first' THEN first_kobo WHEN 'linear' THEN linear_kobo
            ELSE position_kobo END AS kobo
    FROM rollup_attribution AS rollup
    JOIN unnest(%(channels)s::text[], %(channel_titles)s::text[]) AS titles (channel, title)
        ON titles.channel = rollup.channel
    WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
)
SELECT
    label,
    sum(kobo)::bigint AS revenue_kobo,
    sum(kobo) / nullif(sum(sum(kobo)) OVER (), 0) AS share,
    sum(parts) / 1000000 AS orders,
    round(sum(kobo) * 1000000 / nullif(sum(parts), 0))::bigint AS aov_kobo
FROM parts
GROUP BY label
HAVING sum(kobo) <> 0 OR sum(parts) <> 0
ORDER BY revenue_kobo DESC, label
LIMIT %(limit)s
