"""Plans, subscriptions and their money in the back office."""

from commerce.subscriptions.admin import money, plans, subscriptions

__all__ = ["money", "plans", "subscriptions"]
