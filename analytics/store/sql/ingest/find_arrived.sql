-- Which of some events and rejected events are there, and with which request they came.
SELECT id, received_at FROM analytics_events
WHERE (id, occurred_at) IN (SELECT id, at FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS asked (id, at))
    AND occurred_at BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT id, received_at FROM analytics_rejected_events
WHERE id = ANY(%(refused)s::uuid[]) AND received_at = ANY(%(moments)s::timestamptz[])
