"""Orders and their payments, for customers and guests."""

from commerce.orders.api.orders import OrderCollection, OrderDetail
from commerce.orders.api.papers import Invoice
from commerce.orders.api.payments import PaymentCollection, PaymentDetail, PaymentMethods
from commerce.orders.api.returns import ReturnCollection

__all__ = [
    "Invoice",
    "OrderCollection",
    "OrderDetail",
    "PaymentCollection",
    "PaymentDetail",
    "PaymentMethods",
    "ReturnCollection",
]
