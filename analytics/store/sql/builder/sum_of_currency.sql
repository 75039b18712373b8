coalesce(sum({amount}) FILTER (WHERE facts.currency = %(currency)s), 0)::bigint
