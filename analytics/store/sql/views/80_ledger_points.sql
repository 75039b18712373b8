-- Changes of customers' points. Those of staff and test accounts are never counted.
SELECT
    commerce_points_entry.id AS entry_id,
    commerce_points_entry.user_id,
    commerce_points_entry.source_type,
    commerce_points_entry.points,
    commerce_points_entry.occurred_at,
    CASE
        WHEN commerce_points_entry.source_type = 'lapse' THEN 'expired'
        WHEN commerce_points_entry.source_type IN ('checkout', 'checkout_back') THEN 'paid'
        WHEN commerce_points_entry.source_type = 'reward' THEN 'rewards'
        WHEN commerce_points_entry.source_type LIKE '%\_back' THEN 'taken_back'
        WHEN commerce_points_entry.source_type = 'adjustment' THEN 'by_staff'
        ELSE 'earned'
    END AS kind
FROM commerce_points_entry
JOIN commerce_user ON commerce_user.id = commerce_points_entry.user_id
WHERE NOT (commerce_user.is_staff OR commerce_user.is_test)
