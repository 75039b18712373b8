SELECT date_trunc('month', day)::date AS event_month, event_type, sum(events)::bigint AS count
FROM rollup_events GROUP BY 1, event_type
