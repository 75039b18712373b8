max(share) FILTER (WHERE number = 1) AS period_1, max(share) FILTER (WHERE number = 2) AS period_2,
max(share) FILTER (WHERE number = 3) AS period_3, max(share) FILTER (WHERE number = 4) AS period_4,
max(share) FILTER (WHERE number = 5) AS period_5, max(share) FILTER (WHERE number = 6) AS period_6,
max(share) FILTER (WHERE number = 7) AS period_7, max(share) FILTER (WHERE number = 8) AS period_8,
max(share) FILTER (WHERE number = 9) AS period_9, max(share) FILTER (WHERE number = 10) AS period_10,
max(share) FILTER (WHERE number = 11) AS period_11, max(share) FILTER (WHERE number = 12) AS period_12
