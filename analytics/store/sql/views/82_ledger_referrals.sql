-- Friends who came by a customer's code, and what became of them. Staff and test accounts are never counted.
SELECT
    commerce_referral.id AS referral_id,
    commerce_referral.status,
    commerce_referral.joined_at,
    EXISTS (
        SELECT FROM commerce_order
        WHERE commerce_order.user_id = commerce_referral.referred_id
            AND commerce_order.placed_at >= commerce_referral.joined_at
            AND commerce_order.status NOT IN ('cancelled', 'expired')
    ) AS has_ordered
FROM commerce_referral
JOIN commerce_user ON commerce_user.id = commerce_referral.referred_id
WHERE NOT (commerce_user.is_staff OR commerce_user.is_test)
