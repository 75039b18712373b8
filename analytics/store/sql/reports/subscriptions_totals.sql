-- The whole period; what there is at an end is what there was at its own, churn is of who paid when it began.
WITH before AS (
    SELECT coalesce(sum(paying_change), 0) AS paying
    FROM ledger_subscription_moves
    WHERE occurred_at < %(start)s AND currency = %(currency)s
),
held AS (
    SELECT
        coalesce(sum(mrr_change_kobo), 0)::bigint AS mrr_kobo,
        coalesce(sum(active_change), 0)::bigint AS active,
        coalesce(sum(trialing_change), 0)::bigint AS trialing,
        coalesce(sum(past_due_change), 0)::bigint AS past_due
    FROM ledger_subscription_moves
    WHERE occurred_at < %(end)s AND currency = %(currency)s
),
moved AS (
    SELECT
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'new'), 0)::bigint AS new_kobo,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'expansion'), 0)::bigint AS expansion_kobo,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'contraction'), 0)::bigint AS contraction_kobo,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'churned'), 0)::bigint AS churned_kobo,
        count(*) FILTER (WHERE movement = 'new') AS started,
        count(*) FILTER (WHERE movement = 'churned') AS churned
    FROM ledger_subscription_moves
    WHERE occurred_at >= %(start)s AND occurred_at < %(end)s AND currency = %(currency)s
)
SELECT
    held.mrr_kobo,
    moved.new_kobo,
    moved.expansion_kobo,
    moved.contraction_kobo,
    moved.churned_kobo,
    held.active,
    held.trialing,
    held.past_due,
    moved.started,
    moved.churned,
    moved.churned::numeric / nullif(before.paying, 0) AS churn
FROM held CROSS JOIN moved CROSS JOIN before
