-- Puts random ids in the place of a person's in what may have led to orders.
WITH ids AS (SELECT * FROM unnest(%(was)s::text[], %(becomes)s::text[]) AS ids (was, becomes))
UPDATE analytics_touches AS touches SET person = ids.becomes FROM ids WHERE touches.person = ids.was
