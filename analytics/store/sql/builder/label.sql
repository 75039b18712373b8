coalesce(nullif(nullif({column}, ''), 'unknown'), {empty})
