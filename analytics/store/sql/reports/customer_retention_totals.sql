-- A month's cell is ripe once that month is over; the total is of the months that have it.
WITH {customer_cohorts}
SELECT
    (SELECT coalesce(sum(customers), 0)::bigint FROM cohorts) AS customers,
    sum(retained) FILTER (WHERE after = 1) / sum(customers) FILTER (WHERE after = 1) AS month_1,
    sum(retained) FILTER (WHERE after = 2) / sum(customers) FILTER (WHERE after = 2) AS month_2,
    sum(retained) FILTER (WHERE after = 3) / sum(customers) FILTER (WHERE after = 3) AS month_3,
    sum(retained) FILTER (WHERE after = 4) / sum(customers) FILTER (WHERE after = 4) AS month_4,
    sum(retained) FILTER (WHERE after = 5) / sum(customers) FILTER (WHERE after = 5) AS month_5,
    sum(retained) FILTER (WHERE after = 6) / sum(customers) FILTER (WHERE after = 6) AS month_6,
    sum(retained) FILTER (WHERE after = 7) / sum(customers) FILTER (WHERE after = 7) AS month_7,
    sum(retained) FILTER (WHERE after = 8) / sum(customers) FILTER (WHERE after = 8) AS month_8,
    sum(retained) FILTER (WHERE after = 9) / sum(customers) FILTER (WHERE after = 9) AS month_9,
    sum(retained) FILTER (WHERE after = 10) / sum(customers) FILTER (WHERE after = 10) AS month_10,
    sum(retained) FILTER (WHERE after = 11) / sum(customers) FILTER (WHERE after = 11) AS month_11,
    sum(retained) FILTER (WHERE after = 12) / sum(customers) FILTER (WHERE after = 12) AS month_12
FROM cells
