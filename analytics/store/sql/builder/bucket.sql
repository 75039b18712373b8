date_trunc({interval}, facts.day)::date
