-- One page of filled carts, those last used first. With a product, only its pieces count.
WITH page AS (
    SELECT *
    FROM ledger_carts
    WHERE last_active_at >= %(start)s AND last_active_at <= %(before)s AND currency = %(currency)s
        AND (last_active_at, cart_id) < (%(before)s, %(before_id)s::uuid)
        AND CASE %(state)s WHEN 'ordered' THEN is_ordered WHEN 'left' THEN is_left WHEN 'reminded' THEN is_reminded
            WHEN 'recovered' THEN is_recovered WHEN 'in_use' THEN NOT is_ordered AND NOT is_left ELSE true END
        AND (%(product)s = '' OR EXISTS (
            SELECT FROM ledger_cart_lines WHERE cart_id = ledger_carts.cart_id AND product_ref = %(product)s
        ))
    ORDER BY last_active_at DESC, cart_id DESC
    LIMIT %(limit)s
)
SELECT
    page.last_active_at,
    CASE WHEN page.is_recovered THEN 'Recovered' WHEN page.is_ordered THEN 'Ordered' WHEN page.is_left THEN 'Left'
        ELSE 'In use' END AS state,
    goods.text AS goods, coalesce(goods.units, 0) AS units,
    CASE WHEN %(product)s = '' THEN page.value_kobo ELSE coalesce(goods.kobo, 0) END AS value_kobo,
    CASE WHEN page.is_reminded THEN 'Yes' ELSE 'No' END AS reminded,
    people.name AS customer, coalesce(page.user_id::text, links.user_id, page.visitor_id) AS person, page.cart_id AS id
FROM page
LEFT JOIN analytics_identity_links AS links ON links.visitor_id = page.visitor_id
LEFT JOIN ledger_people AS people ON people.user_id = page.user_id
LEFT JOIN LATERAL (
    SELECT
        string_agg(quantity || ' × ' || product, ', ' ORDER BY product) AS text, sum(quantity)::bigint AS units,
        sum(value_kobo)::bigint AS kobo
    FROM ledger_cart_lines
    WHERE cart_id = page.cart_id AND (%(product)s = '' OR product_ref = %(product)s)
) AS goods ON true
ORDER BY page.last_active_at DESC, page.cart_id DESC
