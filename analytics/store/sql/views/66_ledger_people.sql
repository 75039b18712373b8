-- The shop's people by the id that events carry, and what staff call them. Deleted accounts have no name.
SELECT
    commerce_user.id AS user_id,
    coalesce(nullif(commerce_user.name, ''), commerce_user.email, commerce_user.phone) AS name
FROM commerce_user
WHERE commerce_user.status <> 'deleted'
