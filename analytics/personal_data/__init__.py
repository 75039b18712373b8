"""What analytics keeps of people: events, visits, rollups, rejected events, the spool; found, exported and erased."""

from analytics.personal_data.declared import declare

__all__ = ["declare"]
