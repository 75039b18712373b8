-- The same under every model.
SELECT
    coalesce(sum(last_kobo), 0)::bigint AS revenue_kobo,
    coalesce(sum(last_parts) / 1000000, 0) AS orders,
    round(sum(last_kobo) * 1000000 / nullif(sum(last_parts), 0))::bigint AS aov_kobo
FROM rollup_attribution
WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
