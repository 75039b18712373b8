-- One day's orders and money by what led to them.
SELECT
    %(day)s::date AS day,
    channel,
    source,
    medium,
    campaign,
    referrer,
    currency,
    sum(last_parts)::bigint AS last_parts,
    sum(first_parts)::bigint AS first_parts,
    sum(linear_parts)::bigint AS linear_parts,
    sum(position_parts)::bigint AS position_parts,
    sum(last_kobo)::bigint AS last_kobo,
    sum(first_kobo)::bigint AS first_kobo,
    sum(linear_kobo)::bigint AS linear_kobo,
    sum(position_kobo)::bigint AS position_kobo
FROM analytics_order_attributions
WHERE day = %(day)s
GROUP BY channel, source, medium, campaign, referrer, currency
