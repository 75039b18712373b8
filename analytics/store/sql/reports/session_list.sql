-- One page of visits, newest first; those that only the shop's own facts tell of are left out.
WITH visits AS (
    SELECT
        started_at, person, duration_seconds, page_views, value_kobo, currency, order_ref, id, is_bounce,
        has_order, has_checkout, has_cart, orders,
        viewed_at, carted_at, checkout_at, ordered_at, coalesce(nullif(platform, ''), 'Unknown') AS platform,
        coalesce(nullif(device_type, ''), 'Unknown') AS device_type, coalesce(nullif(country, ''), 'Unknown') AS country,
        coalesce(entry_page, 'Unknown') AS entry_page, exit_page,
        coalesce(referrer_host, 'Direct or unknown') AS referrer,
        left(utm_source, 100) AS utm_source, left(utm_medium, 100) AS utm_medium,
        left(utm_campaign, 100) AS utm_campaign,
        coalesce(
            nullif(concat_ws(' / ', left(utm_source, 100), left(utm_medium, 100), left(utm_campaign, 100)), ''),
            'No campaign'
        ) AS campaign,
        nullif(concat_ws(', ', platform, device_type, browser), '') AS device
    FROM analytics_sessions
    WHERE started_at >= %(start)s AND started_at <= %(before)s AND is_seen
)
SELECT
    started_at, id,
    (
        SELECT name FROM ledger_people WHERE user_id = substring(
            person FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        )::uuid
    ) AS customer,
    CASE WHEN has_order THEN 'Ordered' WHEN has_checkout THEN 'Began a checkout' WHEN has_cart THEN 'Filled a cart'
        WHEN is_bounce THEN 'Bounced' ELSE 'Looked around' END AS outcome,
    order_ref, CASE WHEN has_order THEN value_kobo END AS value_kobo, campaign, referrer, entry_page, page_views,
    duration_seconds AS duration, exit_page, device, person, CASE WHEN has_order THEN orders END AS orders, currency
FROM visits
WHERE (started_at, id) < (%(before)s, %(before_id)s::uuid)
    AND (%(person)s = '' OR person = %(person)s)
    AND (%(landing)s = '' OR entry_page = %(landing)s)
    AND (%(referrer)s = '' OR referrer = %(referrer)s)
    AND (%(campaign)s = '' OR %(campaign)s = coalesce(
        CASE %(by)s WHEN 'source' THEN utm_source WHEN 'medium' THEN utm_medium WHEN 'campaign' THEN utm_campaign
            ELSE campaign END,
        'No campaign'
    ))
    AND (%(order)s = '' OR order_ref = %(order)s)
    AND (%(platform)s = '' OR platform = %(platform)s)
    AND (%(device)s = '' OR device_type = %(device)s)
    AND (%(country)s = '' OR country = %(country)s)
    AND CASE %(reached)s WHEN 'Viewed a product' THEN viewed_at WHEN 'Added to the cart' THEN carted_at
        WHEN 'Began the checkout' THEN checkout_at WHEN 'Placed an order' THEN ordered_at ELSE started_at END IS NOT NULL
    AND CASE %(outcome)s WHEN 'bounced' THEN is_bounce WHEN 'cart' THEN has_cart
        WHEN 'checkout' THEN has_checkout WHEN 'ordered' THEN has_order
        WHEN 'sold' THEN has_order AND coalesce(currency, %(currency)s) = %(currency)s ELSE true END
ORDER BY started_at DESC, id DESC
LIMIT %(limit)s
