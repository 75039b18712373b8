"""Plans and a customer's own subscription over HTTP."""

from commerce.subscriptions.api.changing import PlanChange, PlanChangePreview
from commerce.subscriptions.api.plans import PlanCollection
from commerce.subscriptions.api.subscriptions import (
    CardPage,
    OwnSubscription,
    SubscriptionCheck,
    SubscriptionEnd,
    SubscriptionInvoices,
    SubscriptionResumption,
)

__all__ = [
    "CardPage",
    "OwnSubscription",
    "PlanChange",
    "PlanChangePreview",
    "PlanCollection",
    "SubscriptionCheck",
    "SubscriptionEnd",
    "SubscriptionInvoices",
    "SubscriptionResumption",
]
