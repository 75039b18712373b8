-- Accounts that nobody would call: staff, tests, and those that are closed.
SELECT id::text AS person FROM commerce_user WHERE is_staff OR is_test OR status = 'deleted'
