SELECT
    started_at, day, CASE WHEN differing > 0 THEN 'Differs' ELSE 'Agrees' END AS result, cells, differing, seconds,
    (
        SELECT string_agg(
            format(
                '%%s %%s %%s: stored %%s, counted %%s', cell ->> 'rollup', cell ->> 'measure', cell ->> 'key',
                coalesce(cell ->> 'stored', 'nothing'), coalesce(cell ->> 'counted', 'nothing')
            ), '; '
        )
        FROM jsonb_array_elements(differences) AS cell
    ) AS differences
FROM analytics_verify_runs
WHERE started_at >= %(start)s AND started_at < %(end)s
ORDER BY started_at DESC, id DESC
LIMIT %(limit)s
