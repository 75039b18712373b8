"""Money that goes back: cash at once, by a provider when it says so.

A refund is a row before the provider is asked, and its amount cannot be refunded again while it is under way.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from analytics.track import track
from commerce.orders.models import CLOSED, EventKind, Order, OrderPaymentStatus, Return
from commerce.orders.services.asking import needs_second, note_asked
from commerce.orders.services.mailing import mail_refund
from commerce.orders.services.pieces import count_all
from commerce.orders.services.points import follow_points
from commerce.orders.services.returning import close_if_refunded, unrefunded_kobo
from commerce.orders.services.timeline import customer_of, lock_order, move_order, write_event
from commerce.orders.states import PAYMENT_MOVES
from commerce.payments.gateways import (
    GATEWAYS,
    Gateway,
    GatewayNotReached,
    GatewayRefused,
    GatewayUnavailable,
    RefundAnswer,
    RefundState,
)
from commerce.payments.gateways import Return as SentBack
from commerce.payments.models import NOT_SENT, Attention, Payment, Refund, RefundStatus
from commerce.payments.services import HELD, SENT, RefundTooLarge, finish_refund, open_refund, refundable_kobo
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

AT_PROVIDER = "Refunded at the provider"


class RefundRepeated(Refused):
    """This very refund was sent before: its button was pressed twice."""

    code = "refund_repeated"


def refund_payment(
    *,
    payment: Payment,
    amount_kobo: int,
    reason: str,
    at: datetime,
    actor: Actor,
    request_key: UUID | None = None,
    goods_return: Return | None = None,
    is_overpaid: bool = False,
) -> Refund:
    """Send a part of a payment back. Cash is back at once; a provider is asked, and says now or later that it is.

    While the provider does not answer the refund stays pending: it may have happened. A `request_key` sends once. For a
    return no more goes back than it is worth; `is_overpaid`: no more than was paid above what the order comes to.
    Above REFUND_FOUR_EYES it is only asked for, see `approve_refund`. Raises `RefundTooLarge`, `RefundRepeated`,
    `GatewayRefused` and `GatewayNotReached` (the refund has failed then).
    """
    refund = begin_refund(
        payment=payment,
        amount_kobo=amount_kobo,
        reason=reason,
        at=at,
        actor=actor,
        request_key=request_key,
        goods_return=goods_return,
        is_overpaid=is_overpaid,
        is_wish=True,
    )
    return refund if refund.status == RefundStatus.ASKED else send_refund(refund=refund, at=at, actor=actor)


def send_refund(*, refund: Refund, at: datetime, actor: Actor) -> Refund:
    """Have the provider send a begun refund. Raises `GatewayRefused` and `GatewayNotReached` (it has failed then)."""
    gateway = GATEWAYS.get(refund.payment.provider)
    if gateway is None or not gateway.is_configured():  # the shop has sent it by hand
        return apply_refund(refund=refund, answer=RefundAnswer(RefundState.DONE, "", ""), at=at, actor=actor)
    try:
        answer = send_back(gateway, refund)
    except (GatewayRefused, GatewayNotReached) as refusal:
        words = refusal.words if isinstance(refusal, GatewayRefused) else refusal.message
        apply_refund(refund=refund, answer=RefundAnswer(RefundState.FAILED, "", words), at=at, actor=actor)
        raise
    except GatewayUnavailable as away:
        answer = RefundAnswer(RefundState.OPEN, "", away.message)
    return apply_refund(refund=refund, answer=answer, at=at, actor=actor)


def send_back(gateway: Gateway, refund: Refund) -> RefundAnswer:
    """Ask a provider to send a refund's amount back. Raises `GatewayUnavailable`, `GatewayRefused`."""
    payment = refund.payment
    provider_id = payment.provider_id
    if not provider_id:  # recorded by hand or from elsewhere: the provider knows it by its reference
        charge = gateway.verify(payment.reference)
        if charge is None:
            raise GatewayRefused("It knows of no payment under this reference.")
        provider_id = charge.provider_id
    return gateway.refund(SentBack(payment.reference, provider_id, refund.amount_kobo, refund.reason))


@transaction.atomic
def begin_refund(
    *,
    payment: Payment,
    amount_kobo: int,
    reason: str,
    at: datetime,
    actor: Actor,
    request_key: UUID | None = None,
    goods_return: Return | None = None,
    is_overpaid: bool = False,
    is_wish: bool = False,
) -> Refund:
    """Open a refund under the lock of its order. Raises `RefundTooLarge`, `RefundRepeated`.

    What is no wish has left the provider already: nobody need approve it, and nothing that is asked for is in its way.
    """
    order = lock_order(payment.order_id)
    if request_key and Refund.objects.filter(request_key=request_key).exists():
        raise RefundRepeated("This refund was sent already.")
    if goods_return and amount_kobo > unrefunded_kobo(goods_return):
        raise RefundTooLarge(f"More would go back than {goods_return} is worth.", field="amount_kobo")
    if is_overpaid and amount_kobo > overpaid_kobo(order):
        raise RefundTooLarge(f"More would go back than was paid too much for {order.number}.", field="amount_kobo")
    waits = is_wish and needs_second(payment=payment, amount_kobo=amount_kobo)
    refund = open_refund(
        payment_id=payment.pk,
        amount_kobo=amount_kobo,
        reason=reason,
        at=at,
        refunded_by_id=actor.account_id,
        request_key=request_key,
        goods_return_id=goods_return.pk if goods_return else None,
        status=RefundStatus.ASKED if waits else RefundStatus.PENDING,
        held_by=HELD if is_wish else SENT,
    )
    if waits:
        note_asked(order=order, refund=refund, at=at, actor=actor)
    return refund


@transaction.atomic
def apply_refund(*, refund: Refund, answer: RefundAnswer, at: datetime, actor: Actor) -> Refund:
    """Apply what a provider says of a refund; what is said again changes nothing. `order.refunded` is tracked once."""
    order = lock_order(refund.payment.order_id)
    refund = Refund.objects.select_for_update().select_related("payment").get(pk=refund.pk)
    if refund.status == RefundStatus.SUCCEEDED:
        return refund
    refund.provider_reference = answer.reference or refund.provider_reference
    if answer.state == RefundState.DONE and has_no_room(refund):
        Payment.objects.filter(pk=refund.payment_id).update(attention=Attention.REFUNDED_TWICE, updated_at=at)
        refund.save(update_fields=["provider_reference", "updated_at"])
        return refund
    if answer.state == RefundState.FAILED:
        refund.status = RefundStatus.FAILED
    refund.failure_reason = "" if answer.state == RefundState.DONE else answer.words[:500]
    refund.save(update_fields=["provider_reference", "status", "failure_reason", "updated_at"])
    if answer.state == RefundState.DONE:
        refund = finish_refund(refund=refund, at=at)
        follow_points(order=order, at=at)
        note_refunded(order=order, refund=refund, at=at, actor=actor)
        if refund.goods_return:
            close_if_refunded(goods_return=refund.goods_return, at=at, actor=actor)
    return refund


def overpaid_kobo(order: Order) -> int:
    """Return how much more came in than an order comes to, less what went back or is on its way: that can go back.

    An order that is closed comes to nothing. What goes back for a return was paid for pieces that it still counts.
    """
    received = order.payments.filter(currency=order.currency).received()
    refunds = Refund.objects.filter(payment__in=received).exclude(status__in=NOT_SENT)
    if order.status not in CLOSED:
        refunds = refunds.filter(goods_return=None)
    went_back = sum(refunds.values_list("amount_kobo", flat=True))
    comes_to = 0 if order.status in CLOSED else order.worth_kobo
    return max(received.received_kobo() - went_back - comes_to, 0)


def has_no_room(refund: Refund) -> bool:
    """Say whether a refund that had failed went back after all, when its amount was given to another one."""
    room = refundable_kobo(refund.payment, held_by=SENT)
    return refund.status == RefundStatus.FAILED and refund.amount_kobo > room


def note_refunded(*, order: Order, refund: Refund, at: datetime, actor: Actor) -> None:
    """Move the order's payment state by money that went back, write to the customer, and track it.

    The order is refunded when all that came in went back, else partially refunded; money in another currency than the
    order's never paid for it, and is only written down.
    """
    note = f"{format_money(refund.amount_kobo, refund.currency)} refunded. {refund.reason}".strip()
    mail_refund(order=order, refund=refund, at=at)
    kind, state, to_state = EventKind.PAYMENT, order.payment_status, state_after_refund(order, refund)
    if to_state == state:
        write_event(order=order, kind=kind, from_state=state, to_state=state, at=at, actor=actor, note=note)
    else:
        move_order(order=order, kind=kind, to_state=to_state, at=at, actor=actor, note=note)
    if refund.currency != order.currency:
        return
    track(
        "order.refunded",
        actor=customer_of(order),
        at=at,
        message_id=f"order.refunded:{order.number}:{refund.pk}",
        order_id=order.number,
        user_id=str(order.user_id) if order.user_id else None,
        value_kobo=refund.amount_kobo,
        currency=order.currency,
        reason=refund.reason,
    )


def state_after_refund(order: Order, refund: Refund) -> str:
    """Return an order's payment state after money went back: as it was while the order is still paid for in full.

    One of which nothing is kept is refunded when all went back, though it comes to nothing by then.
    """
    money = order.payments.filter(currency=order.currency)
    received, went_back = money.received_kobo(), money.refunded_kobo()
    can_end = OrderPaymentStatus.REFUNDED in PAYMENT_MOVES[order.payment_status]
    if can_end and went_back == received and refund.currency == order.currency and not is_kept(order):
        return OrderPaymentStatus.REFUNDED
    if refund.currency != order.currency or received - went_back >= order.worth_kobo:
        return order.payment_status
    return OrderPaymentStatus.REFUNDED if went_back == received else OrderPaymentStatus.PARTIALLY_REFUNDED


def is_kept(order: Order) -> bool:
    """Say whether a customer keeps something of an order, or is still to get it."""
    pieces = count_all(order)
    return order.status not in CLOSED and pieces.left + pieces.accepted > 0


@transaction.atomic
def hear_of_refund(
    *, payment: Payment, amount_kobo: int, answer: RefundAnswer, at: datetime, actor: Actor, is_listed: bool = False
) -> Refund | None:
    """Apply a provider's message about a refund: to the one it names, else to one under way of that amount.

    One that nobody here began was made on the provider's own pages: it is recorded when it is done. None for one that
    cannot be ours: it failed before we knew of it, or is more than came in. `is_listed`: a comparison heard of it, and
    knows which of ours others of the provider's list are.
    """
    lock_order(payment.order_id)
    refunds = payment.refunds.order_by("id")
    refund = refunds.filter(provider_reference=answer.reference).exclude(provider_reference="").first()
    if refund is None:
        under_way = refunds.filter(status=RefundStatus.PENDING, amount_kobo=amount_kobo, provider_reference="")
        refund = (under_way.filter(listed_id="") if is_listed else under_way).first()
    if refund is None and answer.reference:  # the daily comparison may have been quicker than the message
        listed = refunds.filter(status=RefundStatus.SUCCEEDED, amount_kobo=amount_kobo, provider_reference="")
        refund = listed.exclude(listed_id="").first()
        if refund and answer.state == RefundState.DONE:
            refund.provider_reference = answer.reference
            refund.save(update_fields=["provider_reference", "updated_at"])
    if refund is None and answer.state == RefundState.DONE:
        try:
            refund = begin_refund(payment=payment, amount_kobo=amount_kobo, reason=AT_PROVIDER, at=at, actor=actor)
        except RefundTooLarge:  # the delivery's outcome says so, and staff compare it with the provider's page
            return None
    return apply_refund(refund=refund, answer=answer, at=at, actor=actor) if refund else None
