-- Carts are read as they are now: nobody wants a call about what they have ordered since.
WITH {found_leads}
SELECT
    coalesce(sum(cart_kobo), 0)::bigint AS cart_kobo,
    coalesce(sum(orders), 0)::bigint AS orders,
    coalesce(sum(revenue_kobo), 0)::bigint AS revenue_kobo
FROM found
