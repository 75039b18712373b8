-- How the monthly revenue of subscriptions moved a day, and what there was at its end.
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
),
before AS (
    SELECT
        coalesce(sum(mrr_change_kobo), 0) AS mrr_kobo,
        coalesce(sum(active_change), 0) AS active,
        coalesce(sum(trialing_change), 0) AS trialing,
        coalesce(sum(past_due_change), 0) AS past_due,
        coalesce(sum(paying_change), 0) AS paying
    FROM ledger_subscription_moves
    WHERE occurred_at < %(start)s AND currency = %(currency)s
),
moved AS (
    SELECT
        days.day,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'new'), 0) AS new_kobo,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'expansion'), 0) AS expansion_kobo,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'contraction'), 0) AS contraction_kobo,
        coalesce(sum(mrr_change_kobo) FILTER (WHERE movement = 'churned'), 0) AS churned_kobo,
        coalesce(sum(mrr_change_kobo), 0) AS change_kobo,
        coalesce(sum(active_change), 0) AS active,
        coalesce(sum(trialing_change), 0) AS trialing,
        coalesce(sum(past_due_change), 0) AS past_due,
        coalesce(sum(paying_change), 0) AS paying,
        count(*) FILTER (WHERE movement = 'new') AS started,
        count(*) FILTER (WHERE movement = 'churned') AS churned
    FROM days
    LEFT JOIN ledger_subscription_moves AS move ON move.currency = %(currency)s
        AND move.occurred_at >= %(start)s AND move.occurred_at < %(end)s AND zuka_local_day(move.occurred_at) = days.day
    GROUP BY days.day
),
summed AS (
    SELECT
        moved.*,
        before.mrr_kobo + sum(change_kobo) OVER upto AS mrr_kobo,
        before.active + sum(moved.active) OVER upto AS active_now,
        before.trialing + sum(moved.trialing) OVER upto AS trialing_now,
        before.past_due + sum(moved.past_due) OVER upto AS past_due_now,
        before.paying + sum(moved.paying) OVER upto - moved.paying AS paying_before
    FROM moved CROSS JOIN before
    WINDOW upto AS (ORDER BY moved.day)
)
SELECT
    day,
    mrr_kobo::bigint AS mrr_kobo,
    new_kobo::bigint AS new_kobo,
    expansion_kobo::bigint AS expansion_kobo,
    contraction_kobo::bigint AS contraction_kobo,
    churned_kobo::bigint AS churned_kobo,
    active_now::bigint AS active,
    trialing_now::bigint AS trialing,
    past_due_now::bigint AS past_due,
    started,
    churned,
    churned::numeric / nullif(paying_before, 0) AS churn
FROM summed
ORDER BY day
