-- What accounts were told: notices, and mails about a cart left behind. What they say is not here.
SELECT
    commerce_notification.user_id,
    'notice:' || commerce_notification.id AS message_id,
    commerce_notification.kind,
    commerce_notification.created_at AS told_at
FROM commerce_notification
UNION ALL
SELECT
    commerce_cart.user_id,
    'cart:' || commerce_cart.id,
    'cart.reminder',
    commerce_cart_reminder.sent_at
FROM commerce_cart
JOIN commerce_cart_reminder ON commerce_cart_reminder.cart_id = commerce_cart.id
WHERE commerce_cart_reminder.sent_at IS NOT NULL
