-- Carts are read as they are now: nobody wants a call about what they have ordered since.
WITH {found_leads},
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
