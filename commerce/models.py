"""Where Django finds the rooms' tables. Rooms import from each other's room, never from here."""

from commerce.accounts.models import User
from commerce.catalog.models import Brand, Category, Product, ProductImage, ProductVariant
from commerce.orders.models import Order, OrderEvent, OrderLine
from commerce.payments.models import Payment, Refund

__all__ = [
    "Brand",
    "Category",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "Product",
    "ProductImage",
    "ProductVariant",
    "Refund",
    "User",
]
