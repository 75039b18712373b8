"""Orders and their money in the back office."""

from commerce.orders.admin import orders, payments

__all__ = ["orders", "payments"]
