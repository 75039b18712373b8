-- Averages of the days that are past or had anybody: people of several days are never added up.
SELECT
    round(avg(coalesce(traffic.visitors, 0)))::bigint AS daily,
    round(avg(people.weekly))::bigint AS weekly,
    round(avg(people.monthly))::bigint AS monthly,
    sum(coalesce(traffic.visitors, 0)) FILTER (WHERE people.monthly > 0) / nullif(sum(people.monthly), 0) AS stickiness,
    round(avg(coalesce(traffic.logged_in, 0)))::bigint AS logged_in
FROM generate_series(%(first)s::date, least(%(last)s::date, %(today)s::date), interval '1 day') AS days (day)
LEFT JOIN rollup_traffic AS traffic ON traffic.day = days.day
LEFT JOIN active_people_daily AS people ON people.day = days.day
