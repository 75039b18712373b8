SELECT {columns} FROM {table} WHERE day = {day}
