owners.person
