count(*) AS reviews,
avg(rating) AS average,
count(*) FILTER (WHERE rating = 5) AS rated_5,
count(*) FILTER (WHERE rating = 4) AS rated_4,
count(*) FILTER (WHERE rating = 3) AS rated_3,
count(*) FILTER (WHERE rating = 2) AS rated_2,
count(*) FILTER (WHERE rating = 1) AS rated_1,
count(*) FILTER (WHERE is_verified) / nullif(count(*), 0)::numeric AS verified
