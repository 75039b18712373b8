count(DISTINCT {amount})
