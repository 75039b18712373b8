"""Django's backend for PostgreSQL with a cheaper way to see that a connection still lives: ENGINE in the settings."""
