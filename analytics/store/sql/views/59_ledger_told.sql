-- What customers were told: notices in their accounts, mails, and mails about a cart left behind, which alone say when
-- they were opened. Of mails nobody but the recipient is known, so those to test accounts are among them.
SELECT
    'notice' AS channel,
    commerce_notification.kind,
    commerce_notification.created_at AS told_at,
    commerce_notification.read_at IS NOT NULL AS is_opened,
    false AS is_failed
FROM commerce_notification
JOIN commerce_user ON commerce_user.id = commerce_notification.user_id
WHERE NOT (commerce_user.is_test OR commerce_user.is_staff)
UNION ALL
SELECT
    'mail',
    platform_outgoing_mail.template,
    coalesce(platform_outgoing_mail.sent_at, platform_outgoing_mail.updated_at),
    NULL,
    platform_outgoing_mail.status = 'failed'
FROM platform_outgoing_mail
WHERE platform_outgoing_mail.status IN ('sent', 'failed')
    AND platform_outgoing_mail.template NOT IN ('report.mailed', 'dashboard.mailed', 'alert.fired')
UNION ALL
SELECT 'opened', 'cart.reminder', commerce_cart_reminder.sent_at, commerce_cart_reminder.opened_at IS NOT NULL, false
FROM commerce_cart_reminder
WHERE commerce_cart_reminder.sent_at IS NOT NULL AND commerce_cart_reminder.opened_at IS NOT NULL
