carts AS MATERIALIZED (
    SELECT person, string_agg(text, ', ' ORDER BY last_active_at DESC) AS cart, sum(kobo)::bigint AS cart_kobo
    FROM ledger_open_carts
    WHERE last_active_at >= %(today)s::date - 30 AND currency = %(currency)s
    GROUP BY person
),
found AS (
    SELECT leads.*, carts.cart, carts.cart_kobo, customers.orders, customers.revenue_kobo
    FROM analytics_lead_scores AS leads
    LEFT JOIN carts USING (person)
    LEFT JOIN user_analytics AS customers
        ON customers.customer_id = leads.person AND customers.currency = %(currency)s
    WHERE (%(score)s = 'all' OR band = %(score)s OR %(score)s = 'above_cold' AND band <> 'cold')
        AND (%(who)s = 'everybody' OR is_known)
        AND (%(cart)s = 'any' OR cart IS NOT NULL)
)
