from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from analytics.track import track
from commerce.orders.models import (
    CLOSED,
    EventKind,
    Order,
    OrderPaymentStatus,
    PaymentMethod,
)
from commerce.orders.services.cash import cash_now_kobo
from commerce.orders.services.mailing import mail_move
from commerce.orders.services.moving import complete_if_done
from commerce.orders.services.pieces import count_all
from commerce.orders.services.timeline import customer_of, lock_order, move_order, write_event
from commerce.orders.states import MONEY_WENT
from commerce.payments.models import Payment, Provider
from commerce.payments.services import capture_payment, find_payment
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused
from zuka.platform.money import format_money


class NotPayable(Refused):
    """The order takes no money: it is cancelled, paid already, or in another currency."""

    code = "not_payable"


@transaction.atomic
def pay_order(
    *,
    order: Order,
    provider: Provider,
    reference: str,
    amount_kobo: int,
    at: datetime,
    actor: Actor,
    fee_kobo: int = 0,
    currency: str | None = None,
    raw_answer: dict[str, Any] | None = None,
) -> Payment:
    """Record money for an order; when nothing is due any more it is paid, and `order.paid` is tracked once.

    `currency` is the order's unless the provider says another, which is refused. The same (provider, reference) again
    returns the first payment and changes nothing. Raises `NotPayable`, `ReferenceTaken`.
    """
    order = lock_order(order.pk)
    known = find_payment(order_id=order.pk, provider=provider, reference=reference)
    if known and known.is_received:
        return known
    due = order.due_kobo
    refuse_unpayable(order=order, due=due, amount_kobo=amount_kobo, currency=currency or order.currency)
    payment = capture_payment(
        known=known,
        order_id=order.pk,
        user_id=order.user_id,
        provider=provider,
        reference=reference,
        amount_kobo=amount_kobo,
        currency=order.currency,
        at=at,
        fee_kobo=fee_kobo,
        raw_answer=raw_answer,
        collected_by_id=actor.account_id if provider == Provider.CASH else None,
        is_test=order.is_test,
    )
    apply_payment(order=order, payment=payment, due=due, at=at, actor=actor)
    payment.order = order
    return payment


def apply_payment(*, order: Order, payment: Payment, due: int, at: datetime, actor: Actor) -> None:
    """Move a locked order by a payment that came while `due` kobo were open; too much is said in the timeline."""
    note = f"{format_money(payment.amount_kobo, order.currency)} by {payment.provider}, {payment.reference}"
    is_whole = payment.amount_kobo >= due
    if payment.amount_kobo > due:
        note = f"{note}; {format_money(payment.amount_kobo - due, order.currency)} too much"
    note_payment(order=order, to_state=state_after(order, is_whole=is_whole), at=at, actor=actor, note=note)
    if is_whole:
        if order.paid_at is None:
            order.paid_at = at
            order.save(update_fields=["paid_at", "updated_at"])
        track_paid(order=order, provider=payment.provider, at=at)
        complete_if_done(order=order, at=at, actor=actor)


def state_after(order: Order, *, is_whole: bool) -> OrderPaymentStatus:
    """Return an order's payment state after money came in; that some went back before stays to be seen."""
    if order.payment_status in MONEY_WENT:
        return OrderPaymentStatus.PARTIALLY_REFUNDED
    return OrderPaymentStatus.PAID if is_whole else OrderPaymentStatus.PARTIALLY_PAID


def refuse_unpayable(*, order: Order, due: int, amount_kobo: int, currency: str) -> None:
    """Raise `NotPayable` unless the order takes this amount now."""
    if order.status in CLOSED:
        raise NotPayable(f"Order {order.number} is {order.status}, it takes no payment.", field="status")
    if due <= 0:
        raise NotPayable(f"Order {order.number} is paid already.", field="payment_status")
    if amount_kobo <= 0:
        raise NotPayable("The amount must be more than zero.", field="amount_kobo")
    if currency != order.currency:
        raise NotPayable(f"Order {order.number} is in {order.currency}, not in {currency}.", field="currency")


def note_payment(*, order: Order, to_state: OrderPaymentStatus, at: datetime, actor: Actor, note: str) -> None:
    """Move the payment machine, or only write the timeline when it is in that state already (a second part)."""
    if order.payment_status != to_state:
        move_order(order=order, kind=EventKind.PAYMENT, to_state=to_state, at=at, actor=actor, note=note)
        return
    write_event(
        order=order,
        kind=EventKind.PAYMENT,
        from_state=to_state,
        to_state=to_state,
        at=at,
        actor=actor,
        note=note,
    )
    mail_move(order=order, kind=EventKind.PAYMENT, to_state=to_state, at=at)


def track_paid(*, order: Order, provider: str, at: datetime) -> None:
    """Track that an order is fully paid."""
    track(
        "order.paid",
        actor=customer_of(order),
        at=at,
        message_id=f"order.paid:{order.number}",
        order_id=order.number,
        user_id=str(order.user_id) if order.user_id else None,
        value_kobo=order.worth_kobo,
        currency=order.currency,
        payment_method=order.payment_method,
        provider=provider,
    )


@transaction.atomic
def collect_cash(*, order: Order, at: datetime, actor: Actor) -> Payment:
    """Record that the courier collected what is due for what was delivered; again without more, it is the same payment.

    Before a parcel is marked as delivered, it is what is due for all that is on its way. Pieces that were refused,
    cancelled or have not come yet are not paid for; the delivery fee is, with the first that are. Raises `NotPayable`
    for an order that is not paid in cash, was never sent, or refused at the door. What came back later was paid there.
    """
    order = lock_order(order.pk)
    if order.payment_method != PaymentMethod.CASH_ON_DELIVERY:
        raise NotPayable(f"Order {order.number} is not paid on delivery.", field="payment_method")
    if order.shipped_at is None:
        raise NotPayable(f"Order {order.number} is not shipped yet.", field="fulfilment_status")
    if not count_all(order).accepted:
        message = f"The parcel of order {order.number} was refused; there is no cash to collect."
        raise NotPayable(message, field="fulfilment_status")
    amount, collected = cash_now_kobo(order), order.payments.received().filter(provider=Provider.CASH)
    if amount <= 0 and (last := collected.order_by("-id").first()):
        return last
    turn = collected.count() + 1
    reference = f"{order.number}-cash" if turn == 1 else f"{order.number}-cash-{turn}"
    return pay_order(order=order, provider=Provider.CASH, reference=reference, amount_kobo=amount, at=at, actor=actor)
