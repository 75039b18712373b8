"""Months of raw events in files, outside of PostgreSQL."""
