"""Tables of money: payments and refunds, what providers sent, and how both compare with what providers list."""

from commerce.payments.models.comparing import (
    ComparisonStatus,
    Difference,
    DifferenceKind,
    PaymentComparison,
    Resolution,
)
from commerce.payments.models.leases import Lease
from commerce.payments.models.payments import (
    NOT_SENT,
    ONLINE,
    RECEIVED,
    Attention,
    Payment,
    PaymentQuerySet,
    PaymentStatus,
    Provider,
    Refund,
    RefundStatus,
    WebhookDelivery,
)

__all__ = [
    "NOT_SENT",
    "ONLINE",
    "RECEIVED",
    "Attention",
    "ComparisonStatus",
    "Difference",
    "DifferenceKind",
    "Lease",
    "Payment",
    "PaymentComparison",
    "PaymentQuerySet",
    "PaymentStatus",
    "Provider",
    "Refund",
    "RefundStatus",
    "Resolution",
    "WebhookDelivery",
]
