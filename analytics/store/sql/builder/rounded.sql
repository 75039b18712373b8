round({ratio})::bigint
