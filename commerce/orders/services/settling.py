"""What became of an online payment: one path for webhooks, redirects, staff who ask again, and the job that looks.

The provider is asked first, then the order's row is locked and the answer applied (decision 32). Money that came in is
recorded whatever state the order is in; where it should not have come, staff see it under "needs attention".
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from analytics.track import track
from commerce.orders.models import CLOSED, EventKind, Order, OrderPaymentStatus
from commerce.orders.services.paying import apply_payment, state_after
from commerce.orders.services.timeline import customer_of, lock_order, move_order, write_event
from commerce.payments.gateways import GATEWAYS, Charge, ChargeState, GatewayUnavailable
from commerce.payments.models import Attention, Payment, PaymentStatus
from commerce.payments.services import capture_payment
from zuka.platform.actor import Actor
from zuka.platform.money import format_money

UNDECIDED = frozenset({ChargeState.OPEN, ChargeState.UNDER_WAY})
# Reversed before we knew of it: it came in and went back, and paid for nothing.
NO_MONEY = frozenset({ChargeState.FAILED, ChargeState.REVERSED})


def settle_payment(*, payment: Payment, at: datetime, actor: Actor) -> Payment:
    """Ask the provider what became of a payment and apply it; one whose money came in is returned as it is.

    Raises `GatewayUnavailable`, `GatewayRefused`; then nothing has changed, but that it was asked.
    """
    return ask_and_apply(payment=payment, at=at, actor=actor)[0]


def ask_and_apply(*, payment: Payment, at: datetime, actor: Actor) -> tuple[Payment, Charge | None]:
    """Settle a payment, and return beside it what the provider said. Raises as `settle_payment` does."""
    gateway = GATEWAYS.get(payment.provider)
    if gateway is None or payment.is_received:
        return payment, None
    # Noted before the answer: one that cannot be asked goes behind the others that wait.
    Payment.objects.filter(pk=payment.pk).update(checked_at=at)
    charge = gateway.verify(payment.reference)
    return apply_charge(payment=payment, charge=charge, at=at, actor=actor), charge


@transaction.atomic
def apply_charge(*, payment: Payment, charge: Charge | None, at: datetime, actor: Actor) -> Payment:
    """Apply what the provider said to the payment and its order, once, however many ask at the same moment."""
    order = lock_order(payment.order_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    payment.order, payment.checked_at = order, at
    if charge and charge.reference != payment.reference:
        raise GatewayUnavailable("The payment provider answered about another payment.")
    if payment.is_received or charge is None or charge.state in UNDECIDED:
        payment.save(update_fields=["checked_at", "updated_at"])
    elif charge.state in NO_MONEY:
        fail_payment(payment=payment, reason=charge.words, at=at, actor=actor)
    elif charge.is_test and not settings.PAYMENTS_TEST_MODE:
        payment.attention, payment.is_test = Attention.TEST_MONEY, True
        fail_payment(payment=payment, reason=Attention.TEST_MONEY.label, at=at, actor=actor)
    else:
        take_money(payment=payment, charge=charge, at=at, actor=actor)
    return payment


def fail_payment(*, payment: Payment, reason: str, at: datetime, actor: Actor) -> None:
    """Record that a payment failed, and track it once; so has its order, unless another payment is under way."""
    if payment.status == PaymentStatus.FAILED:
        payment.save(update_fields=["checked_at", "attention", "is_test", "updated_at"])
        return
    payment.status, payment.failure_reason = PaymentStatus.FAILED, reason
    payment.save()
    order = payment.order
    if order.payment_status == OrderPaymentStatus.PENDING and not order.payments.waiting().exists():
        note = f"{payment.provider}: {reason}"
        move_order(
            order=order, kind=EventKind.PAYMENT, to_state=OrderPaymentStatus.FAILED, at=at, actor=actor, note=note
        )
    track(
        "order.payment_failed",
        actor=customer_of(order),
        at=at,
        message_id=f"order.payment_failed:{payment.reference}",
        order_id=order.number,
        user_id=str(order.user_id) if order.user_id else None,
        value_kobo=payment.amount_kobo,
        currency=payment.currency,
        payment_method=order.payment_method,
    )


def attention_for(*, order: Order, charge: Charge, due: int) -> str:
    """Return why staff must look at money that came in while `due` kobo were open; empty when all is well."""
    rules = (
        (charge.currency != order.currency, Attention.WRONG_CURRENCY),
        (order.status in CLOSED, Attention.ORDER_CLOSED),
        (charge.amount_kobo > due, Attention.OVERPAID),
        (charge.amount_kobo < due, Attention.UNDERPAID),
    )
    return next((attention for holds, attention in rules if holds), "")


def take_money(*, payment: Payment, charge: Charge, at: datetime, actor: Actor) -> None:
    """Record what came in, and move the order by as much of it as pays for the order."""
    order = payment.order
    due = order.due_kobo
    payment.attention = attention_for(order=order, charge=charge, due=due)
    payment.provider_id, payment.failure_reason = charge.provider_id, None
    capture_payment(
        known=payment,
        order_id=order.pk,
        user_id=order.user_id,
        provider=payment.provider_name,
        reference=payment.reference,
        amount_kobo=charge.amount_kobo,
        currency=charge.currency,
        at=moment_of(charge, order=order, at=at),
        fee_kobo=charge.fee_kobo,
        raw_answer=charge.raw,
        is_test=order.is_test,
    )
    if payment.attention in {Attention.WRONG_CURRENCY, Attention.ORDER_CLOSED} or due <= 0:
        note_stray_money(payment=payment, due=due, at=at, actor=actor)
        return
    apply_payment(order=order, payment=payment, due=due, at=at, actor=actor)


def moment_of(charge: Charge, *, order: Order, at: datetime) -> datetime:
    """Return when the money came in: as the provider says, unless its clock says what cannot be."""
    paid_at = charge.paid_at
    return paid_at if paid_at and order.placed_at <= paid_at <= at else at


def note_stray_money(*, payment: Payment, due: int, at: datetime, actor: Actor) -> None:
    """Write into the timeline that money came in which the order does not take; the order is not paid by it."""
    order = payment.order
    amount = format_money(payment.amount_kobo, payment.currency)
    note = f"{amount} by {payment.provider}, {payment.reference}: {Attention(payment.attention).label}. Refund it."
    before = order.payment_status
    if payment.attention == Attention.ORDER_CLOSED and due > 0:
        # Without the moment of being paid: reports count an order that was closed unpaid as never placed.
        order.payment_status = state_after(order, is_whole=payment.amount_kobo >= due)
        order.save(update_fields=["payment_status", "updated_at"])
    write_event(
        order=order,
        kind=EventKind.PAYMENT,
        from_state=before,
        to_state=order.payment_status,
        at=at,
        actor=actor,
        note=note,
    )
