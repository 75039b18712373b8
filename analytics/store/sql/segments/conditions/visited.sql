-- Who came so often by visits like these, within the days. Words are compared without regard to case.
SELECT visits.person
FROM analytics_sessions AS visits
LEFT JOIN analytics_touches AS touches ON touches.session = visits.id
WHERE visits.day > {today}::date - {days}::integer AND visits.is_seen AND lower({column}) = ANY({values})
GROUP BY visits.person
HAVING count(*) >= {times}
