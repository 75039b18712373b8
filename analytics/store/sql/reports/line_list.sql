-- One page of the goods of orders, line by line, newest first: what was ordered, and what the customer keeps of it.
SELECT
    goods.placed_at AS moment, orders.order_ref, coalesce(products.name, goods.product_ref) AS product,
    goods.product_ref, coalesce(products.category, 'None') AS category, coalesce(products.brand, 'None') AS brand,
    goods.quantity AS units, goods.total_kobo AS gross_kobo, goods.kept_kobo,
    goods.kept_kobo - goods.cost_kobo AS margin_kobo, lpad(to_hex(goods.line_id), 32, '0')::uuid AS id
FROM ledger_goods AS goods
JOIN ledger_orders AS orders ON orders.order_id = goods.order_id
LEFT JOIN ledger_products AS products ON products.product_ref = goods.product_ref
WHERE goods.placed_at >= %(start)s AND goods.placed_at <= %(before)s
    AND (goods.placed_at, lpad(to_hex(goods.line_id), 32, '0')::uuid) < (%(before)s, %(before_id)s::uuid)
    AND goods.counts_as_placed AND goods.currency = %(currency)s
    AND (%(product)s = '' OR goods.product_ref = %(product)s)
    AND (%(category)s = '' OR coalesce(products.category, 'None') = %(category)s)
    AND (%(brand)s = '' OR coalesce(products.brand, 'None') = %(brand)s)
ORDER BY goods.placed_at DESC, id DESC
LIMIT %(limit)s
