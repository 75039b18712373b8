"""Points, rewards, referrals and plays in the back office."""

from commerce.rewards.admin import catalogue, people, points

__all__ = ["catalogue", "people", "points"]
