-- One day until a moment: orders placed, what they come to, and money in less money back.
SELECT
    (
        SELECT count(*) FROM ledger_orders
        WHERE placed_at >= %(start)s AND placed_at <= %(until)s AND counts_as_placed AND currency = %(currency)s
    ) AS orders,
    (
        (
            SELECT coalesce(sum(amount_kobo), 0) FROM ledger_payments
            WHERE captured_at >= %(start)s AND captured_at <= %(until)s AND currency = %(currency)s
        ) - (
            SELECT coalesce(sum(amount_kobo), 0) FROM ledger_refunds
            WHERE refunded_at >= %(start)s AND refunded_at <= %(until)s AND currency = %(currency)s
        )
    )::bigint AS revenue_kobo
