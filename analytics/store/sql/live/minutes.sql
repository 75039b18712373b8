-- Events of people in each minute, by when they happened.
SELECT date_trunc('minute', occurred_at) AS minute, count(*)
FROM analytics_events
WHERE occurred_at >= %(since)s AND occurred_at <= %(now)s AND flags <> ALL(%(bot_flags)s)
GROUP BY minute
