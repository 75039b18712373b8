-- Products of 20 categories and 50 brands with a size in three colours each, most of them with stock for ever.
WITH categories AS (
    INSERT INTO commerce_category (created_at, updated_at, slug, name, description, display_order, active)
    SELECT now(), now(), 'crowd-' || number, 'Category ' || number, '', number, true
    FROM generate_series(1, 20) AS number
    RETURNING id, display_order
),

brands AS (
    INSERT INTO commerce_brand (created_at, updated_at, slug, name, description, active)
    SELECT now(), now(), 'crowd-' || number, 'Brand ' || number, '', true
    FROM generate_series(1, 50) AS number
    RETURNING id, substr(slug, 7)::int AS number
),

products AS (
    INSERT INTO commerce_product (
        created_at, updated_at, public_id, sku, slug, name, description, short_description, status, gender, currency,
        price_kobo, tags, low_stock_threshold, featured, new_arrival, rating_count, view_count, purchase_count,
        category_id, brand_id
    )
    SELECT
        now(), now(), 'p_' || lpad(rows.number::text, 12, '0'), 'CROWD-' || rows.number, 'crowd-' || rows.number,
        (ARRAY['Ankara', 'Adire', 'Aso oke', 'Lace', 'Denim', 'Linen', 'Silk', 'Kente'])[1 + rows.number %% 8] || ' '
        || (ARRAY['gown', 'cap', 'shirt', 'wrapper', 'sandals', 'tote', 'kaftan'])[1 + rows.number %% 7] || ' ' || rows.number,
        'Made in Aba.', 'Made in Aba.', 'published',
        (ARRAY['women', 'men', 'kids', 'unisex'])[1 + rows.number %% 4], 'NGN', 100000 + rows.number %% 900 * 1000,
        jsonb_build_array('tag' || rows.number %% 30), 5, false, false, 0, 0, rows.number %% 1000, categories.id, brands.id
    FROM generate_series(1, %(rows)s) AS rows (number)
    JOIN categories ON categories.display_order = 1 + rows.number %% 20
    JOIN brands ON brands.number = 1 + rows.number %% 50
    RETURNING id, sku
)

INSERT INTO commerce_product_variant (
    created_at, updated_at, sku, size, colour, stock_on_hand, stock_reserved, active, product_id
)
SELECT now(), now(), products.sku || '-' || colour, 'M', colour, 1000000, 0, true, products.id
FROM products CROSS JOIN unnest(ARRAY['red', 'blue', 'green']) AS colour
