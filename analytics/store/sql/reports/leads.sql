-- Carts are read as they are now: nobody wants a call about what they have ordered since.
WITH carts AS MATERIALIZED (
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
),
chosen AS (
    SELECT *, row_number() OVER (
        ORDER BY array_position(ARRAY['hot', 'warm', 'cool', 'cold'], band::text), last_at DESC, person
    ) AS place
    FROM found
    ORDER BY place
    LIMIT %(limit)s
)
SELECT
    chosen.person,
    initcap(chosen.band) AS score,
    people.name,
    people.phone,
    chosen.cart,
    chosen.cart_kobo,
    (
        SELECT string_agg(coalesce(products.name, refs.ref), ', ' ORDER BY refs.place)
        FROM jsonb_array_elements_text(profiles.products) WITH ORDINALITY AS refs (ref, place)
        LEFT JOIN ledger_products AS products ON products.product_ref = refs.ref
    ) AS looked_at,
    chosen.last_at,
    (
        SELECT string_agg(words.word, ', ' ORDER BY words.place)
        FROM jsonb_array_elements_text(profiles.searches) WITH ORDINALITY AS words (word, place)
    ) AS searched,
    to_char(make_time(profiles.busiest_hour, 0, 0), 'HH24:MI') AS hour,
    people.email,
    chosen.events,
    chosen.days,
    coalesce(chosen.orders, 0) AS orders,
    coalesce(chosen.revenue_kobo, 0) AS revenue_kobo
FROM chosen
LEFT JOIN analytics_behaviour_profiles AS profiles ON profiles.person = chosen.person
LEFT JOIN ledger_people AS people ON people.user_id = substring(
    chosen.person FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
)::uuid
ORDER BY chosen.place
