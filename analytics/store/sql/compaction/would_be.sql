-- How many rows a table has of a period, and how many would be in their place.
SELECT count(*), count(DISTINCT ({keys})) FROM {table} WHERE day BETWEEN %(first)s AND %(last)s
