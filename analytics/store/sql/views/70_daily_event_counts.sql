SELECT day AS event_date, event_type, sum(events)::bigint AS count FROM rollup_events GROUP BY day, event_type
