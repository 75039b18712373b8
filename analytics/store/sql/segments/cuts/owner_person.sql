whole.person
