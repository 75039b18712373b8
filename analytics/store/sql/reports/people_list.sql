-- One page of the people who came in the period, by their latest visit in it. Figures are of the whole period, however
-- little of it is looked through for the page.
WITH near AS (
    SELECT DISTINCT person FROM analytics_sessions
    WHERE started_at >= %(start)s AND started_at <= %(before)s AND is_seen
        AND (%(person)s = '' OR person = %(person)s)
        AND (%(visitor)s = '' OR visitor = %(visitor)s)
),
people AS (
    SELECT
        person,
        md5(person)::uuid AS id,
        max(started_at) AS last_at,
        min(started_at) AS first_at,
        count(*) AS visits,
        sum(page_views)::bigint AS page_views,
        coalesce(sum(orders) FILTER (WHERE currency = %(currency)s), 0)::bigint AS orders,
        coalesce(sum(value_kobo) FILTER (WHERE currency = %(currency)s), 0)::bigint AS value_kobo,
        string_agg(DISTINCT visitor, ', ') AS visitors
    FROM analytics_sessions JOIN near USING (person)
    WHERE day BETWEEN %(first)s AND %(last)s AND is_seen
    GROUP BY person
)
SELECT
    last_at,
    (
        SELECT name FROM ledger_people WHERE user_id = substring(
            person FROM '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        )::uuid
    ) AS name,
    person, visits, page_views, orders, value_kobo, first_at, visitors, id
FROM people
WHERE (last_at, id) < (%(before)s, %(before_id)s::uuid)
    AND (%(bought)s = '' OR (orders > 0) = (%(bought)s = 'yes'))
ORDER BY last_at DESC, id DESC
LIMIT %(limit)s
