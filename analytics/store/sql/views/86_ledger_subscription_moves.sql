-- What happened to subscriptions, and by how much each step changed the recurring revenue of a month and the numbers of
-- subscriptions that are active, on trial, past due, and paying. Those of staff and test accounts are never counted.
SELECT
    event.id AS move_id,
    event.subscription_id,
    subscription.user_id,
    event.kind,
    event.currency,
    event.occurred_at,
    event.mrr_change_kobo,
    CASE
        WHEN event.mrr_change_kobo > 0 AND event.mrr_change_kobo = event.mrr_kobo THEN 'new'
        WHEN event.mrr_change_kobo > 0 THEN 'expansion'
        WHEN event.mrr_change_kobo < 0 AND event.mrr_kobo = 0 THEN 'churned'
        WHEN event.mrr_change_kobo < 0 THEN 'contraction'
    END AS movement,
    (event.to_status = 'active')::integer - (event.from_status = 'active')::integer AS active_change,
    (event.to_status = 'trialing')::integer - (event.from_status = 'trialing')::integer AS trialing_change,
    (event.to_status = 'past_due')::integer - (event.from_status = 'past_due')::integer AS past_due_change,
    (event.mrr_kobo > 0)::integer - (event.mrr_kobo - event.mrr_change_kobo > 0)::integer AS paying_change
FROM commerce_subscription_event AS event
JOIN commerce_subscription AS subscription ON subscription.id = event.subscription_id
JOIN commerce_user ON commerce_user.id = subscription.user_id
WHERE NOT (commerce_user.is_staff OR commerce_user.is_test)
