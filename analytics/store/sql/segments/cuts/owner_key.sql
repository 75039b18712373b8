whole.person_key
