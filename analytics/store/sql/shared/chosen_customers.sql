currency = %(currency)s
AND (%(group)s = 'all' OR segment = %(group)s)
AND (%(month)s = '' OR orders > 0 AND to_char(first_date, 'YYYY-MM') = %(month)s)
AND (%(person)s = '' OR customer_id = %(person)s)
AND (%(months)s = '' OR orders > 0 AND first_date >= date_trunc('month', %(first)s::date))
AND (%(again)s = '' OR second_date IS NOT NULL)
