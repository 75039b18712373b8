SELECT whole.* FROM {table} AS whole WHERE {belongs}
