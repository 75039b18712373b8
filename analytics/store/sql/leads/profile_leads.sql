-- What those with a score above cold looked at and searched for within the days, and when they came.
WITH seen AS (
    SELECT
        coalesce(events.user_id, links.user_id, events.visitor_id) AS person,
        events.event_type,
        events.product_ref,
        left(events.search_query, 100) AS search_query,
        events.occurred_at
    FROM analytics_events AS events
    LEFT JOIN analytics_identity_links AS links ON links.visitor_id = events.visitor_id
    WHERE events.occurred_at >= %(start)s AND events.occurred_at < %(end)s AND events.flags <> ALL(%(bot_flags)s)
        AND events.event_type IN ('product.viewed', 'product.searched')
),
views AS (
    SELECT person, product_ref, count(*) AS views, max(occurred_at) AS last_at
    FROM seen
    WHERE event_type = 'product.viewed' AND product_ref IS NOT NULL
    GROUP BY person, product_ref
),
named AS (
    SELECT views.*, products.category, products.brand
    FROM views LEFT JOIN ledger_products AS products USING (product_ref)
),
tastes AS (
    SELECT
        person,
        to_jsonb((array_agg(product_ref ORDER BY views DESC, last_at DESC, product_ref))[:5]) AS products
    FROM named
    GROUP BY person
),
groups AS (
    SELECT person, kind, to_jsonb((array_agg(name ORDER BY views DESC, name))[:3]) AS names
    FROM (
        SELECT person, kind, name, sum(views) AS views
        FROM named CROSS JOIN LATERAL (VALUES ('category', category), ('brand', brand)) AS parts (kind, name)
        WHERE name IS NOT NULL
        GROUP BY person, kind, name
    ) AS sums
    GROUP BY person, kind
),
searches AS (
    SELECT person, to_jsonb((array_agg(search_query ORDER BY last_at DESC, search_query))[:5]) AS searches
    FROM (
        SELECT person, search_query, max(occurred_at) AS last_at FROM seen WHERE search_query <> '' GROUP BY 1, 2
    ) AS words
    GROUP BY person
),
hours AS (
    SELECT person, mode() WITHIN GROUP (ORDER BY extract(hour FROM started_at AT TIME ZONE %(zone)s))::smallint AS hour
    FROM analytics_sessions
    WHERE day BETWEEN %(first)s AND %(last)s AND is_seen
    GROUP BY person
)
INSERT INTO analytics_behaviour_profiles AS profiles (person, products, categories, brands, searches, busiest_hour)
SELECT
    leads.person, coalesce(tastes.products, '[]'), coalesce(categories.names, '[]'), coalesce(brands.names, '[]'),
    coalesce(searches.searches, '[]'), hours.hour
FROM analytics_lead_scores AS leads
LEFT JOIN tastes USING (person)
LEFT JOIN groups AS categories ON categories.person = leads.person AND categories.kind = 'category'
LEFT JOIN groups AS brands ON brands.person = leads.person AND brands.kind = 'brand'
LEFT JOIN searches ON searches.person = leads.person
LEFT JOIN hours ON hours.person = leads.person
WHERE leads.band <> 'cold'
ON CONFLICT (person) DO UPDATE
SET products = excluded.products, categories = excluded.categories, brands = excluded.brands,
    searches = excluded.searches, busiest_hour = excluded.busiest_hour
WHERE (profiles.products, profiles.categories, profiles.brands, profiles.searches, profiles.busiest_hour)
    IS DISTINCT FROM (excluded.products, excluded.categories, excluded.brands, excluded.searches, excluded.busiest_hour)
