"""Orders, their parcels, returns and their money in the back office."""

from commerce.orders.admin import orders, parcels, payments, returns, stock

__all__ = ["orders", "parcels", "payments", "returns", "stock"]
