-- Who ordered so many pieces of these within the days; orders that do not count as placed are left out.
SELECT owners.person
FROM ledger_lines AS lines
JOIN ledger_order_people AS owners ON owners.order_id = lines.order_id
LEFT JOIN ledger_products AS products ON products.product_ref = lines.product_ref
WHERE lines.placed_at >= {since} AND lines.counts_as_placed AND lower({column}) = ANY({values})
GROUP BY owners.person
HAVING sum(lines.quantity) >= {pieces}
