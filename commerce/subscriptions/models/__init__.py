"""Tables of plans, subscriptions and their money."""

from commerce.subscriptions.models.choices import (
    LIVE,
    PAYING,
    ChargeAttention,
    ChargeStatus,
    Happening,
    Interval,
    InvoiceKind,
    InvoiceStatus,
    PlanLevel,
    SubscriptionRefundStatus,
    SubscriptionStatus,
)
from commerce.subscriptions.models.money import SubscriptionCharge, SubscriptionInvoice, SubscriptionRefund
from commerce.subscriptions.models.plans import Plan
from commerce.subscriptions.models.subscriptions import Subscription, SubscriptionEvent

__all__ = [
    "LIVE",
    "PAYING",
    "ChargeAttention",
    "ChargeStatus",
    "Happening",
    "Interval",
    "InvoiceKind",
    "InvoiceStatus",
    "Plan",
    "PlanLevel",
    "Subscription",
    "SubscriptionCharge",
    "SubscriptionEvent",
    "SubscriptionInvoice",
    "SubscriptionRefund",
    "SubscriptionRefundStatus",
    "SubscriptionStatus",
]
