-- Revenue paid and orders by what led to them, under one model; what nothing led to stays a row of its own.
WITH parts AS (
    SELECT
        {channel_label} AS label,
        {model_credits}
    FROM rollup_attribution AS credits
    JOIN unnest(%(channels)s::text[], %(channel_titles)s::text[]) AS titles (channel, title)
        ON titles.channel = credits.channel
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
