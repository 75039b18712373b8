SELECT brand_id FROM ledger_brand_members WHERE user_id = %(user)s::uuid ORDER BY brand_id
