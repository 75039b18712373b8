SELECT
    days.day::date AS day,
    coalesce(traffic.visitors, 0) AS daily,
    people.weekly,
    people.monthly,
    coalesce(traffic.visitors, 0)::numeric / nullif(people.monthly, 0) AS stickiness,
    coalesce(traffic.logged_in, 0) AS logged_in
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS days (day)
LEFT JOIN rollup_traffic AS traffic ON traffic.day = days.day
LEFT JOIN active_people_daily AS people ON people.day = days.day
ORDER BY days.day
