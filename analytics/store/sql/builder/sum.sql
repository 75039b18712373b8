coalesce(sum({amount}), 0)::bigint
