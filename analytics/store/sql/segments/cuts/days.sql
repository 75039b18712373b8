-- The days of the period as rollups bind them.
SELECT
    moment::date AS day,
    moment::date::timestamp AT TIME ZONE %(zone)s AS start,
    (moment::date + 1)::timestamp AT TIME ZONE %(zone)s AS end
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS moment
