SELECT count(*), coalesce(sum(value_kobo), 0)::bigint
FROM ledger_filling_carts
WHERE last_active_at >= %(since)s AND currency = %(currency)s
