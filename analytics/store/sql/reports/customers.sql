-- Who they are is looked up for the rows shown alone: an account by its id, a guest by the number of their first order.
WITH chosen AS (
    SELECT
        *,
        CASE %(sort)s
            WHEN 'last' THEN extract(epoch FROM last_order_at) WHEN 'orders' THEN orders ELSE revenue_kobo
        END AS worth
    FROM user_analytics
    WHERE {chosen_customers}
    ORDER BY worth DESC NULLS LAST, customer_id
    LIMIT %(limit)s
)
SELECT
    customer_id,
    coalesce(people.name, guests.name) AS name,
    coalesce(people.email, guests.email) AS email,
    coalesce(people.phone, guests.phone) AS phone,
    segment,
    orders,
    revenue_kobo,
    year_kobo,
    first_date,
    last_order_at,
    recency,
    frequency,
    monetary,
    year_orders
FROM chosen
LEFT JOIN ledger_people AS people ON people.user_id = substring(
    chosen.customer_id FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
)::uuid
LEFT JOIN ledger_guests AS guests ON guests.order_ref = chosen.customer_id
ORDER BY worth DESC NULLS LAST, customer_id
