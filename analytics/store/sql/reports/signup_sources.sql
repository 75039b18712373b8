WITH grouped AS (
    SELECT
        CASE %(by)s WHEN 'platform' THEN platform WHEN 'country' THEN country ELSE source END AS label,
        sum(signups) AS signups
    FROM rollup_signups
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY 1
)
SELECT label, signups::bigint, signups / nullif(sum(signups) OVER (), 0) AS share
FROM grouped
ORDER BY signups DESC, label
LIMIT %(limit)s
