"""Orders and their payments, for customers and guests."""

from commerce.orders.api.orders import OrderCollection, OrderDetail
from commerce.orders.api.payments import PaymentCollection, PaymentDetail, PaymentMethods

__all__ = ["OrderCollection", "OrderDetail", "PaymentCollection", "PaymentDetail", "PaymentMethods"]
