"""What an order, its money, its parcels and its timeline can be."""

from __future__ import annotations

from django.db import models


class OrderStatus(models.TextChoices):
    """Where the order itself stands."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# Orders that nothing more is done about.
CLOSED = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED})


class OrderPaymentStatus(models.TextChoices):
    """Where the order's money stands."""

    UNPAID = "unpaid"
    PENDING = "pending"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"


class FulfilmentStatus(models.TextChoices):
    """Where the order's parcels stand."""

    UNFULFILLED = "unfulfilled"
    PACKED = "packed"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    REFUSED = "refused"
    RETURNED = "returned"


class DerivedStatus(models.TextChoices):
    """The one word that customers read, made from the three states."""

    PENDING = "pending"
    PAID = "paid"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class PaymentMethod(models.TextChoices):
    """How the customer chose to pay."""

    PAYSTACK = "paystack"
    FLUTTERWAVE = "flutterwave"
    CASH_ON_DELIVERY = "cash_on_delivery", "Cash on delivery"


class Channel(models.TextChoices):
    """Where the order was placed."""

    WEB = "web"
    ANDROID = "android"
    IOS = "ios", "iOS"
    SERVER = "server"


class EventKind(models.TextChoices):
    """Which of an order's machines moved, or a remark."""

    STATUS = "status"
    PAYMENT = "payment"
    FULFILMENT = "fulfilment"
    NOTE = "note"
