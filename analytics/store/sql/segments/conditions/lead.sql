SELECT leads.person FROM analytics_lead_scores AS leads WHERE leads.band = ANY({values})
