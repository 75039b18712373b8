SELECT DISTINCT {day} FROM {table} WHERE {theirs}
