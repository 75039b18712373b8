"""The verbs of orders. Each is one transaction, locks the order's row, writes its timeline and tracks its fact."""

from commerce.orders.services.moving import (
    cancel_order,
    confirm_order,
    deliver_order,
    pack_order,
    refuse_delivery,
    ship_order,
)
from commerce.orders.services.paying import collect_cash, pay_order, refund_payment
from commerce.orders.services.placing import Campaign, Contact, OrderItem, place_order
from commerce.orders.services.reading import access_token, find_order

__all__ = [
    "Campaign",
    "Contact",
    "OrderItem",
    "access_token",
    "cancel_order",
    "collect_cash",
    "confirm_order",
    "deliver_order",
    "find_order",
    "pack_order",
    "pay_order",
    "place_order",
    "refund_payment",
    "refuse_delivery",
    "ship_order",
]
