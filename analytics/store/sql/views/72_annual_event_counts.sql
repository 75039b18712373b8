SELECT date_trunc('year', day)::date AS event_year, event_type, sum(events)::bigint AS count
FROM rollup_events GROUP BY 1, event_type
