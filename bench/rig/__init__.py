"""What benches and journeys run against: a whole Zuka of real processes on a database of its own."""
