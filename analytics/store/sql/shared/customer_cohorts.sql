cohorts AS (
    SELECT month, customers FROM user_retention WHERE months_after = 0 AND currency = %(currency)s
),
cells AS (
    SELECT cohorts.month, cohorts.customers, after, coalesce(retained.customers, 0) AS retained
    FROM cohorts
    CROSS JOIN generate_series(1, 12) AS after
    LEFT JOIN user_retention AS retained ON retained.month = cohorts.month AND retained.months_after = after
        AND retained.currency = %(currency)s
    WHERE cohorts.month + make_interval(months => after + 1) <= %(today)s
)
