"""Orders, their parcels and their money in the back office."""

from commerce.orders.admin import orders, parcels, payments

__all__ = ["orders", "parcels", "payments"]
