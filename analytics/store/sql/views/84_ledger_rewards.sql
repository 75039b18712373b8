-- Rewards that customers have taken for points, and what their codes took off orders that stood.
SELECT
    commerce_user_reward.id AS taken_id,
    commerce_reward.name AS reward,
    commerce_user_reward.user_id,
    commerce_user_reward.points,
    commerce_user_reward.redeemed_at,
    used.order_id IS NOT NULL AS is_used,
    coalesce(used.discount_kobo, 0) AS discount_kobo
FROM commerce_user_reward
JOIN commerce_reward ON commerce_reward.id = commerce_user_reward.reward_id
JOIN commerce_user ON commerce_user.id = commerce_user_reward.user_id
LEFT JOIN commerce_coupon_redemption AS used
    ON used.coupon_id = commerce_user_reward.coupon_id AND used.released_at IS NULL
WHERE NOT (commerce_user.is_staff OR commerce_user.is_test)
