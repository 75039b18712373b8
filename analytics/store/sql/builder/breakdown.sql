WITH {figures} SELECT {columns} FROM {joined} {order} LIMIT %(limit)s
