EXISTS (
    SELECT FROM analytics_segment_members AS members
    WHERE members.segment_id = %(segment_id)s AND {member} = {person}
)
