-- Whoever was not here within the days, or is no customer.
DELETE FROM analytics_lead_scores AS leads
WHERE NOT EXISTS (
        SELECT FROM rollup_visitors AS visits
        WHERE visits.person = leads.person AND visits.day BETWEEN %(first)s AND %(last)s
    )
    OR EXISTS (SELECT FROM ledger_unscored WHERE ledger_unscored.person = leads.person)
