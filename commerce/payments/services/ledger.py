"""The verbs of money. Callers hold the lock on the order, so two payments of one order never interleave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from commerce.payments.models import Payment, PaymentStatus, Provider, Refund, RefundStatus
from zuka.platform.errors import Refused
from zuka.platform.money import format_money


class ReferenceTaken(Refused):
    """The provider's reference belongs to another order's payment."""

    code = "reference_taken"


class RefundTooLarge(Refused):
    """More would go back than came in."""

    code = "refund_too_large"


def find_payment(*, order_id: int, provider: Provider, reference: str) -> Payment | None:
    """Return the payment under a reference, locked; None when there is none. Raises `ReferenceTaken`."""
    payment = Payment.objects.select_for_update().filter(provider=provider, reference=reference).first()
    if payment and payment.order_id != order_id:
        raise ReferenceTaken("This payment reference belongs to another order.", field="reference")
    return payment


@transaction.atomic
def capture_payment(
    *,
    known: Payment | None,
    order_id: int,
    user_id: UUID | None,
    provider: Provider,
    reference: str,
    amount_kobo: int,
    currency: str,
    at: datetime,
    fee_kobo: int = 0,
    raw_answer: dict[str, Any] | None = None,
    collected_by_id: UUID | None = None,
    is_test: bool = False,
) -> Payment:
    """Record money that came in at `at`: a new payment, or the `known` one that was pending or failed until now.

    Raises `ReferenceTaken`.
    """
    payment = known or Payment(order_id=order_id, provider=provider, reference=reference, created_at=at)
    payment.user_id = user_id
    payment.status = PaymentStatus.CAPTURED
    payment.amount_kobo, payment.currency, payment.fee_kobo = amount_kobo, currency, fee_kobo
    payment.captured_at, payment.collected_by_id = at, collected_by_id
    payment.raw_answer, payment.is_test = raw_answer, is_test
    try:
        with transaction.atomic():
            payment.save()
    except IntegrityError as error:
        # Another order's payment took the reference since we looked: this order's own are kept out by its lock.
        if "payment_provider_reference_unique" not in str(error):
            raise
        raise ReferenceTaken("This payment reference belongs to another order.", field="reference") from error
    return payment


# What holds an amount: refunds asked for and on their way; money that has left already heeds the latter only.
HELD = (RefundStatus.ASKED, RefundStatus.PENDING)
SENT = (RefundStatus.PENDING,)


def refundable_kobo(payment: Payment, *, held_by: Sequence[RefundStatus] = HELD) -> int:
    """Return how much of a locked payment can go back: what came in, less what went, is on its way or asked for.

    Never less than nothing: what left by itself may have been asked for as well.
    """
    held = payment.refunds.filter(status__in=held_by).aggregate(total=Sum("amount_kobo"))["total"] or 0
    return max(payment.amount_kobo - payment.refunded_kobo - held, 0) if payment.is_received else 0


def check_room(*, payment: Payment, amount_kobo: int, held_by: Sequence[RefundStatus]) -> None:
    """Raise `RefundTooLarge` for more than can go back of a locked payment."""
    left = refundable_kobo(payment, held_by=held_by)
    if not 0 < amount_kobo <= left:
        message = f"At most {format_money(left, payment.currency)} of this payment can be refunded."
        raise RefundTooLarge(message, field="amount_kobo")


@transaction.atomic
def open_refund(
    *,
    payment_id: int,
    amount_kobo: int,
    reason: str,
    at: datetime,
    refunded_by_id: UUID | None = None,
    request_key: UUID | None = None,
    goods_return_id: int | None = None,
    status: RefundStatus = RefundStatus.PENDING,
    held_by: Sequence[RefundStatus] = HELD,
) -> Refund:
    """Begin a refund, which keeps its amount from being refunded twice. Raises `RefundTooLarge`.

    `held_by` are the refunds whose amounts it may not take.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    check_room(payment=payment, amount_kobo=amount_kobo, held_by=held_by)
    return Refund.objects.create(
        payment=payment,
        status=status,
        currency=payment.currency,
        amount_kobo=amount_kobo,
        reason=reason,
        refunded_by_id=refunded_by_id,
        request_key=request_key,
        goods_return_id=goods_return_id,
        created_at=at,
    )


@transaction.atomic
def finish_refund(*, refund: Refund, at: datetime) -> Refund:
    """Record that a begun refund went back at `at`; a second call changes nothing."""
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    refund.payment = payment
    if refund.status == RefundStatus.SUCCEEDED:
        return refund
    refund.status, refund.refunded_at, refund.failure_reason = RefundStatus.SUCCEEDED, at, ""
    refund.save(update_fields=["status", "refunded_at", "failure_reason", "updated_at"])
    payment.refunded_kobo += refund.amount_kobo
    whole = payment.refunded_kobo == payment.amount_kobo
    payment.status = PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    payment.save(update_fields=["refunded_kobo", "status", "updated_at"])
    return refund


@transaction.atomic
def record_refund(
    *, payment_id: int, amount_kobo: int, reason: str, at: datetime, refunded_by_id: UUID | None = None
) -> Refund:
    """Record money that went back at `at`; all refunds of a payment stay within its amount. Raises `RefundTooLarge`."""
    refund = open_refund(
        payment_id=payment_id, amount_kobo=amount_kobo, reason=reason, at=at, refunded_by_id=refunded_by_id
    )
    return finish_refund(refund=refund, at=at)


def note_dealt_with(*, payment: Payment, at: datetime) -> None:
    """Note that staff have looked at a payment that needed attention."""
    Payment.objects.filter(pk=payment.pk).update(attention="", updated_at=at)
