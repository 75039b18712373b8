OPTIMIZE TABLE {table} {everywhere} {part} FINAL
