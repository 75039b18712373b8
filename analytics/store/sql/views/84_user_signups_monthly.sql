SELECT date_trunc('month', day)::date AS month, source, platform, country, sum(signups)::bigint AS signup_count
FROM rollup_signups GROUP BY 1, source, platform, country
