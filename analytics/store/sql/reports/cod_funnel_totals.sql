SELECT
    {cash_measures}
FROM rollup_cash
WHERE day BETWEEN %(first)s AND %(last)s AND currency = %(currency)s
