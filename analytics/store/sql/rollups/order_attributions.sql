-- The orders whose money moved on one day, or that became paid, shared among the visits that led to them. What is shared
-- is the change of what each had until then, so a refund takes back exactly what was given.
WITH moved AS (
    SELECT order_id, currency FROM ledger_money WHERE moved_at >= %(start)s AND moved_at < %(end)s
    UNION
    SELECT order_id, currency FROM ledger_buyers WHERE paid_at >= %(start)s AND paid_at < %(end)s
),
orders AS (
    SELECT
        moved.order_id, moved.currency, buyers.order_ref, buyers.placed_at, buyers.person, money.before, money.after,
        buyers.currency = moved.currency AND buyers.paid_at >= %(start)s AND buyers.paid_at < %(end)s AS is_paid
    FROM moved
    JOIN ledger_buyers AS buyers ON buyers.order_id = moved.order_id
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(amount_kobo) FILTER (WHERE moved_at < %(start)s), 0)::bigint AS before,
            coalesce(sum(amount_kobo) FILTER (WHERE moved_at < %(end)s), 0)::bigint AS after
        FROM ledger_money
        WHERE ledger_money.order_id = moved.order_id AND ledger_money.currency = moved.currency
    ) AS money
),
touched AS (
    SELECT
        orders.*, touches.session, touches.source, touches.medium, touches.campaign, touches.referrer, touches.channel,
        row_number() OVER (PARTITION BY order_id, currency ORDER BY touched_at, session)::integer AS position,
        count(*) OVER (PARTITION BY order_id, currency)::integer AS touches
    FROM orders
    LEFT JOIN analytics_touches AS touches ON touches.person = orders.person
        AND touches.touched_at BETWEEN orders.placed_at - %(look_back)s AND orders.placed_at
),
weighed AS (
    SELECT *, turn * sign(amount)::integer AS side, abs(amount) AS kobo
    FROM touched
    CROSS JOIN LATERAL (VALUES
        ('last', (position = touches)::integer, 1),
        ('first', (position = 1)::integer, 1),
        ('linear', 1, touches),
        -- 40, 20 and 40 of a hundred, in whole numbers.
        (
            'position', CASE WHEN touches > 2 AND position IN (1, touches) THEN 2 * (touches - 2) ELSE 1 END,
            CASE WHEN touches > 2 THEN 5 * (touches - 2) ELSE touches END
        )
    ) AS models (model, weight, whole)
    CROSS JOIN LATERAL (VALUES
        ('kobo', -1, before), ('kobo', 1, after), ('parts', 1, CASE WHEN is_paid THEN %(parts)s::bigint ELSE 0 END)
    ) AS amounts (unit, turn, amount)
),
-- Rounded down; what is left goes to the largest remainders, the earlier visit first.
parted AS (
    SELECT
        order_id, currency, position, model || '_' || unit AS measure,
        side * (
            kobo * weight / whole + (
                row_number() OVER (sharing ORDER BY kobo * weight %% whole DESC, position)
                <= kobo - sum(kobo * weight / whole) OVER sharing
            )::integer
        ) AS part
    FROM weighed
    WINDOW sharing AS (PARTITION BY order_id, currency, model, unit, turn)
),
shared AS (
    SELECT order_id, currency, position, measure, sum(part)::bigint AS part FROM parted GROUP BY 1, 2, 3, 4
)
SELECT
    %(day)s::date AS day, order_ref, currency, session, order_id, position, touches,
    coalesce(channel, 'unattributed') AS channel, coalesce(source, '') AS source, coalesce(medium, '') AS medium,
    coalesce(campaign, '') AS campaign, coalesce(referrer, '') AS referrer,
    max(part) FILTER (WHERE measure = 'last_parts')::integer AS last_parts,
    max(part) FILTER (WHERE measure = 'first_parts')::integer AS first_parts,
    max(part) FILTER (WHERE measure = 'linear_parts')::integer AS linear_parts,
    max(part) FILTER (WHERE measure = 'position_parts')::integer AS position_parts,
    max(part) FILTER (WHERE measure = 'last_kobo') AS last_kobo,
    max(part) FILTER (WHERE measure = 'first_kobo') AS first_kobo,
    max(part) FILTER (WHERE measure = 'linear_kobo') AS linear_kobo,
    max(part) FILTER (WHERE measure = 'position_kobo') AS position_kobo
FROM touched
JOIN shared USING (order_id, currency, position)
GROUP BY order_ref, currency, session, order_id, position, touches, channel, source, medium, campaign, referrer
