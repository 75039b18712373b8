-- People, and what was understood, cannot be summed over personas.
WITH talks AS (
    SELECT
        count(DISTINCT conversation_id) AS conversations, count(DISTINCT user_id) AS people,
        count(*) AS messages, avg(is_understood::int) AS understood
    FROM ledger_pet_messages
    WHERE created_at >= %(start)s AND created_at < %(end)s
),
told AS (
    SELECT
        count(*) FILTER (WHERE event_type = 'pet.recommendation_shown') AS shown,
        count(*) FILTER (WHERE event_type = 'pet.recommendation_clicked') AS clicked
    FROM analytics_events
    WHERE event_type IN ('pet.recommendation_shown', 'pet.recommendation_clicked')
        AND occurred_at >= %(start)s AND occurred_at < %(end)s
),
bought AS (
    SELECT count(*) AS orders, coalesce(sum(money.revenue_kobo), 0)::bigint AS influenced_kobo
    FROM ledger_pet_orders
    JOIN ledger_order_money AS money ON money.order_id = ledger_pet_orders.order_id
    WHERE ledger_pet_orders.placed_at >= %(start)s AND ledger_pet_orders.placed_at < %(end)s
        AND ledger_pet_orders.counts_as_placed AND ledger_pet_orders.currency = %(currency)s
)
SELECT
    talks.conversations, talks.people, talks.messages, talks.understood,
    told.shown, told.clicked, told.clicked / nullif(told.shown, 0)::numeric AS click_rate,
    bought.orders, bought.influenced_kobo
FROM talks CROSS JOIN told CROSS JOIN bought
