-- Marks the days on which money moved of orders that the changed touches of a day lead to. Days up to `until` are
-- counted after this one anyway. The touches are bound, not joined to what counts them: of a day that statistics do not
-- know yet one row is expected, and a loop over 8,000 of them took a minute and a half.
WITH changed AS (
    SELECT * FROM unnest(%(people)s::text[], %(moments)s::timestamptz[]) AS touches (person, touched_at)
),
orders AS (
    SELECT buyers.order_id, buyers.paid_at
    FROM changed
    JOIN ledger_buyers AS buyers ON buyers.person = changed.person
        AND buyers.placed_at BETWEEN changed.touched_at AND changed.touched_at + %(look_back)s
    WHERE buyers.placed_at >= %(start)s AND buyers.placed_at < %(end)s + %(look_back)s
),
moments AS (
    SELECT paid_at AS moment FROM orders
    UNION
    SELECT ledger_money.moved_at FROM orders JOIN ledger_money ON ledger_money.order_id = orders.order_id
)
INSERT INTO analytics_dirty_days (day, cause)
SELECT DISTINCT zuka_local_day(moment), 'touches'
FROM moments
WHERE moment IS NOT NULL
    AND zuka_local_day(moment) <> %(day)s AND NOT zuka_local_day(moment) BETWEEN %(day)s AND %(until)s
