WITH talks AS (
    SELECT
        persona, count(DISTINCT conversation_id) AS conversations, count(DISTINCT user_id) AS people,
        count(*) AS messages, avg(is_understood::int) AS understood
    FROM ledger_pet_messages
    WHERE created_at >= %(start)s AND created_at < %(end)s
    GROUP BY persona
),
told AS (
    SELECT
        properties ->> 'persona' AS persona,
        count(*) FILTER (WHERE event_type = 'pet.recommendation_shown') AS shown,
        count(*) FILTER (WHERE event_type = 'pet.recommendation_clicked') AS clicked
    FROM analytics_events
    WHERE event_type IN ('pet.recommendation_shown', 'pet.recommendation_clicked')
        AND occurred_at >= %(start)s AND occurred_at < %(end)s
    GROUP BY 1
),
bought AS (
    SELECT ledger_pet_orders.persona, count(*) AS orders, sum(money.revenue_kobo)::bigint AS influenced_kobo
    FROM ledger_pet_orders
    JOIN ledger_order_money AS money ON money.order_id = ledger_pet_orders.order_id
    WHERE ledger_pet_orders.placed_at >= %(start)s AND ledger_pet_orders.placed_at < %(end)s
        AND ledger_pet_orders.counts_as_placed AND ledger_pet_orders.currency = %(currency)s
    GROUP BY ledger_pet_orders.persona
),
personas AS (
    SELECT persona FROM talks UNION SELECT persona FROM told UNION SELECT persona FROM bought
)
SELECT
    initcap(personas.persona) AS persona,
    coalesce(talks.conversations, 0) AS conversations,
    coalesce(talks.people, 0) AS people,
    coalesce(talks.messages, 0) AS messages,
    talks.understood,
    coalesce(told.shown, 0) AS shown,
    coalesce(told.clicked, 0) AS clicked,
    told.clicked / nullif(told.shown, 0)::numeric AS click_rate,
    coalesce(bought.orders, 0) AS orders,
    coalesce(bought.influenced_kobo, 0)::bigint AS influenced_kobo
FROM personas
LEFT JOIN talks ON talks.persona = personas.persona
LEFT JOIN told ON told.persona = personas.persona
LEFT JOIN bought ON bought.persona = personas.persona
ORDER BY messages DESC, persona
LIMIT %(limit)s
