"""Tables of orders: what was bought, the parcels it left in, and what came back."""

from commerce.orders.models.choices import (
    CLOSED,
    Channel,
    DerivedStatus,
    EventKind,
    FulfilmentStatus,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)
from commerce.orders.models.orders import PARTS, Order, OrderEvent, OrderLine, OrderQuerySet
from commerce.orders.models.parcels import Shipment, ShipmentLine, ShipmentStatus
from commerce.orders.models.returns import BACK, Return, ReturnLine, ReturnReason, ReturnStatus

__all__ = [
    "BACK",
    "CLOSED",
    "PARTS",
    "Channel",
    "DerivedStatus",
    "EventKind",
    "FulfilmentStatus",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderPaymentStatus",
    "OrderQuerySet",
    "OrderStatus",
    "PaymentMethod",
    "Return",
    "ReturnLine",
    "ReturnReason",
    "ReturnStatus",
    "Shipment",
    "ShipmentLine",
    "ShipmentStatus",
]
