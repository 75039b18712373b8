-- Puts random ids in the place of a person's in who is in segments.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes))
UPDATE analytics_segment_members AS members SET person = ids.becomes FROM ids WHERE members.person = ids.was
