    SELECT told.visit, told.number, here.place
    FROM (
        SELECT
            visit, unnest(pages) AS page, unnest(array_prepend(NULL, pages)) AS before,
            generate_subscripts(pages, 1) AS number
        FROM visits
    ) AS told
    JOIN places AS here ON here.page = told.page
    LEFT JOIN places AS earlier ON earlier.page = told.before
    WHERE here.place IS DISTINCT FROM earlier.place
