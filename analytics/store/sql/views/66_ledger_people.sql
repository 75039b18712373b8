-- The shop's people by the id that events carry, what staff call them and how to reach them. Deleted accounts have no
-- name. `is_own` are staff and test accounts.
SELECT
    commerce_user.id AS user_id,
    coalesce(nullif(commerce_user.name, ''), commerce_user.email, commerce_user.phone) AS name,
    commerce_user.email,
    commerce_user.phone,
    commerce_user.is_staff OR commerce_user.is_test AS is_own
FROM commerce_user
WHERE commerce_user.status <> 'deleted'
