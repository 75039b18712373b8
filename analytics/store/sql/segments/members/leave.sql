DELETE FROM analytics_segment_members AS members
WHERE members.segment_id = %(segment_id)s
    AND NOT EXISTS (SELECT FROM zuka_segment_people AS people WHERE people.person = members.person)
