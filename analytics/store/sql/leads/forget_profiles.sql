DELETE FROM analytics_behaviour_profiles AS profiles
WHERE NOT EXISTS (
    SELECT FROM analytics_lead_scores AS leads WHERE leads.person = profiles.person AND leads.band <> 'cold'
)
