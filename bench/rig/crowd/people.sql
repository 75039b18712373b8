-- Customers with an account: one for every five orders.
INSERT INTO commerce_user (
    id, created_at, updated_at, password, is_superuser, email, name, auth_provider, status, is_staff, is_test, time_zone,
    language, accepts_marketing, signup_source, signup_platform, reward_points, total_xp, gem_level, metadata
)
SELECT
    md5('person' || number)::uuid, at, at, '!', false, 'person' || number || '@crowd.example',
    (ARRAY['Ada', 'Bola', 'Chidi', 'Dele', 'Efe', 'Femi', 'Gbenga', 'Halima'])[1 + number %% 8] || ' '
    || (ARRAY['Obi', 'Ade', 'Musa', 'Okoro', 'Bello', 'Eze', 'Lawal'])[1 + number %% 7] || ' ' || number,
    'email', 'active', false, false, 'Africa/Lagos', 'en', false, 'web', 'web', 0, 0, 'quartz', '{}'
FROM (
    SELECT number, now() - interval '1 year' * random() AS at FROM generate_series(1, %(rows)s) AS number
) AS people
