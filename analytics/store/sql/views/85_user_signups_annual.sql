SELECT date_trunc('year', day)::date AS year, source, platform, country, sum(signups)::bigint AS signup_count
FROM rollup_signups GROUP BY 1, source, platform, country
