-- By day or state of the orders placed: the rows are the same orders, so both add up to the same. Newest days first.
SELECT
    CASE WHEN %(by)s = 'state' THEN state ELSE day::text END AS label,
    {cash_measures}
FROM rollup_cash
WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
GROUP BY label
ORDER BY CASE WHEN %(by)s = 'state' THEN sum(placed_orders) END DESC NULLS LAST, label DESC
LIMIT %(limit)s
