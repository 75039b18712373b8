-- Where only the hash of a person is kept.
SELECT whole.* FROM {table} AS whole WHERE {belongs}
