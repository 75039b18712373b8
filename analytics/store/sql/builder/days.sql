facts.day BETWEEN %(first)s AND %(last)s
