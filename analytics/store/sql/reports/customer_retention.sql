-- A month's cell is ripe once that month is over; until then it is empty. Nobody is there where no row is.
WITH {customer_cohorts}
SELECT
    to_char(cohorts.month, 'YYYY-MM') AS month,
    cohorts.customers,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 1) AS month_1,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 2) AS month_2,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 3) AS month_3,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 4) AS month_4,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 5) AS month_5,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 6) AS month_6,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 7) AS month_7,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 8) AS month_8,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 9) AS month_9,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 10) AS month_10,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 11) AS month_11,
    max(retained::numeric / cells.customers) FILTER (WHERE after = 12) AS month_12
FROM cohorts
LEFT JOIN cells USING (month)
GROUP BY cohorts.month, cohorts.customers
ORDER BY 1 DESC
LIMIT %(limit)s
