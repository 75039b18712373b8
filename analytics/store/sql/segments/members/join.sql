INSERT INTO analytics_segment_members (segment_id, person)
SELECT DISTINCT %(segment_id)s, people.person FROM zuka_segment_people AS people
ON CONFLICT DO NOTHING
