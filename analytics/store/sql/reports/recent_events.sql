-- One page of events, newest first. The caller narrows [start, before) so that a page never sorts a whole month.
SELECT
    occurred_at, event_type, source_name, user_id, visitor_id, session_id, platform, page_path, product_ref,
    order_ref, value_kobo, currency, flags, properties, id
FROM analytics_events
WHERE occurred_at >= %(start)s AND (occurred_at, id) < (%(before)s, %(before_id)s::uuid)
    AND occurred_at <= %(before)s
    AND (%(type)s = '' OR event_type = %(type)s)
    AND (%(user)s = '' OR user_id = %(user)s)
    AND (%(visitor)s = '' OR visitor_id = %(visitor)s)
    AND (%(session)s = '' OR session_id = %(session)s)
    AND (%(product)s = '' OR product_ref = %(product)s)
    AND (%(order)s = '' OR order_ref = %(order)s)
    AND (%(marks)s = '' OR flags <> ALL(%(bot_flags)s) AND (%(marks)s = 'people' OR flags & %(claimed)s <> 0))
ORDER BY occurred_at DESC, id DESC
LIMIT %(limit)s
