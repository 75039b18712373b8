SELECT coalesce(sum(signups), 0)::bigint AS signups FROM rollup_signups WHERE day BETWEEN %(first)s AND %(last)s
