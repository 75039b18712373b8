-- As store/sql/reports/event_funnel.sql, with each person's events as one list that is walked once: of the ways that lead
-- to a step the one begun last, and the earliest of all, each a list of the moments of its steps in microseconds, empty
-- where there is none. Put together by report/funnels/there.py.
WITH told AS ({told}),
people AS (
    SELECT person_key, arraySort(groupArray((moment, id, marks))) AS deeds
    FROM told
    GROUP BY person_key
    HAVING countIf(marks[1] AND moment < toUnixTimestamp64Micro({{end: }})) > 0
),
walked AS (
    SELECT
        person_key,
        arrayMap(known -> tupleElement(known, 2), arrayFold(
            (known, deed) -> arrayMap(
                (way, best) -> (
                    if(way > tupleElement(best, 1), way, tupleElement(best, 1)),
                    if(
                        notEmpty(way) AND (empty(tupleElement(best, 2)) OR way < tupleElement(best, 2)),
                        way, tupleElement(best, 2)
                    )
                ),
                [{ways}], known
            ),
            deeds, arrayResize(CAST([], 'Array(Tuple(Array(Int64), Array(Int64)))'), {count})
        )) AS taken
    FROM people
),
labelled AS ({labelled}),
counted AS (
    SELECT
        label, place, countIf(notEmpty(way)) AS people, count() AS entered,
        quantileExactInclusiveIf(0.5)((way[place] - way[place - 1]) / 1000000, notEmpty(way) AND place > 1) AS median
    FROM (SELECT label, arrayJoin(arrayZip(taken, arrayEnumerate(taken))) AS step FROM labelled)
    ARRAY JOIN [tupleElement(step, 1)] AS way, [toInt64(tupleElement(step, 2))] AS place
    GROUP BY label, place
),
steps AS (
    SELECT
        *, lagInFrame(toNullable(people)) OVER (
            PARTITION BY label ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS before
    FROM counted
)
SELECT
    label, [{titles}][place] AS step, people, people / entered AS of_first, people / nullIf(before, 0) AS of_before,
    before - people AS lost, accurateCastOrNull(if(people > 0 AND place > 1, round(median), NULL), 'Int64') AS seconds
FROM steps
ORDER BY entered DESC, label, place
LIMIT {{limit: }}
SETTINGS aggregate_functions_null_for_empty = 0
