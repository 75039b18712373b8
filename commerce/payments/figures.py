"""Figures of payments for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min

from commerce.payments.models import Payment, PaymentStatus
from zuka.platform.metrics.declared import Figure, Kind, Sample, one


def read_pending() -> list[Sample]:
    """Return how many payments are not settled."""
    return one(Payment.objects.filter(status=PaymentStatus.PENDING, is_test=False).count())


def read_oldest() -> list[Sample]:
    """Return when the oldest of them began."""
    oldest = Payment.objects.filter(status=PaymentStatus.PENDING, is_test=False).aggregate(at=Min("created_at"))["at"]
    return one(oldest.timestamp() if oldest else None)


def read_attention() -> Iterator[Sample]:
    """Yield how many payments staff must look at, by why."""
    asked = Payment.objects.exclude(attention="").values_list("attention").annotate(payments=Count("pk"))
    yield from (((why,), payments) for why, payments in asked.order_by("attention"))


FIGURES = (
    Figure("zuka_payments_pending", Kind.GAUGE, "Payments that are begun and not settled.", read_pending),
    Figure("zuka_payment_oldest_pending_timestamp_seconds", Kind.GAUGE, "When the oldest of them began.", read_oldest),
    Figure("zuka_payments_attention", Kind.GAUGE, "Payments that staff must look at.", read_attention, ("why",)),
)
