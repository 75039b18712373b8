SELECT *, 'Everybody' AS label FROM people
