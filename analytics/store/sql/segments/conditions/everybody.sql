SELECT visitors.person FROM rollup_visitors AS visitors
UNION
SELECT owners.person FROM ledger_order_people AS owners
