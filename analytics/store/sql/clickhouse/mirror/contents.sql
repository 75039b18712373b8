SELECT {group}, count(), {sums} FROM {table} WHERE {chosen} GROUP BY 1, 2
