SELECT day, source, platform, country, sum(signups)::bigint AS signup_count
FROM rollup_signups GROUP BY day, source, platform, country
