"""Orders, their parcels, returns and their money in the back office."""

from commerce.orders.admin import comparing, orders, parcels, payments, refunds, returns, stock

__all__ = ["comparing", "orders", "parcels", "payments", "refunds", "returns", "stock"]
