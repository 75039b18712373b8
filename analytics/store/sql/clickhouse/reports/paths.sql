-- As store/sql/reports/paths.sql; a visit's places are one list. Composed by report/paths.py.
WITH walks AS ({walks}),
chosen AS (
    SELECT
        places,
        multiIf(
            {{chosen: }} <> '', indexOf(places, {{chosen: }}), {{direction: }} = 'next', 0, length(places) + 1
        )::Int64 AS number
    FROM walks
    WHERE notEmpty(places) AND ({{chosen: }} = '' OR has(places, {{chosen: }}))
),
around AS (
    SELECT if(
        {{direction: }} = 'next', arraySlice(places, number + 1, {{depth: }}),
        arraySlice(
            places, greatest(number - {{depth: }}, 1),
            greatest(number - greatest(number - {{depth: }}, 1), 0)
        )
    ) AS near_places
    FROM chosen
),
paths AS (
    SELECT
        if(empty(near_places), NULL, near_places[if({{direction: }} = 'next', 1, -1)]) AS near,
        if(length(near_places) < {{depth: }}, if(
            {{direction: }} = 'next', arrayPushBack(near_places, '(visit ends)'),
            arrayPushFront(near_places, '(visit begins)')
        ), near_places) AS told
    FROM around
)
SELECT
    arrayStringConcat(told, ' → ') AS path, near, count() AS sessions, count() / sum(count()) OVER () AS share
FROM paths
GROUP BY path, near
ORDER BY sessions DESC, path
LIMIT {{limit: }}
