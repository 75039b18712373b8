"""Money of returned pieces, and of what was paid too much: it goes back by the order's payments, the latest first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from commerce.orders.models import BACK, Order, Return
from commerce.orders.services.refunding import overpaid_kobo, refund_payment
from commerce.orders.services.returning import unrefunded_kobo
from commerce.orders.states import IllegalMove
from commerce.payments.models import Payment, Refund
from commerce.payments.services import RefundTooLarge, refundable_kobo
from zuka.platform.actor import Actor
from zuka.platform.money import format_money


def proposed_kobo(goods_return: Return) -> int:
    """Return what may still go back for a return: what it is worth less what went or is on its way back for it.

    Never more than what the order's payments can give.
    """
    return within_payments(goods_return.order, unrefunded_kobo(goods_return))


def excess_kobo(order: Order) -> int:
    """Return what may go back for pieces that were cancelled or refused, and what else was paid too much."""
    return within_payments(order, overpaid_kobo(order))


def within_payments(order: Order, kobo: int) -> int:
    """Return as much of an amount as the order's payments can give back."""
    return max(min(kobo, sum(refundable_kobo(payment) for payment in payments_of(order))), 0)


def payments_of(order: Order) -> list[Payment]:
    """Return the payments that an order's money can go back by, the latest first."""
    return list(order.payments.received().filter(currency=order.currency).order_by("-captured_at", "-id"))


def refund_return(
    *, goods_return: Return, amount_kobo: int, at: datetime, actor: Actor, request_key: UUID
) -> list[Refund]:
    """Send back what a received return is worth, or a part of it, by one payment or as many as it takes.

    When all of it went back the return is closed. Raises as `refund_payment` does, and `IllegalMove`; what was sent
    before the refusal is sent.
    """
    if goods_return.status not in BACK:
        raise IllegalMove(f"{goods_return} is {goods_return.status}; receive it first.", field="status")
    refuse_too_much(goods_return, order=goods_return.order, amount_kobo=amount_kobo, most=proposed_kobo(goods_return))
    return spread_refund(
        order=goods_return.order,
        amount_kobo=amount_kobo,
        reason=f"{goods_return} of order {goods_return.order.number}",
        at=at,
        actor=actor,
        request_key=request_key,
        goods_return=goods_return,
    )


def refund_overpaid(*, order: Order, amount_kobo: int, at: datetime, actor: Actor, request_key: UUID) -> list[Refund]:
    """Send back what came in above what an order comes to now, or a part of it, by as many payments as it takes.

    Raises as `refund_payment` does; what was sent before the refusal is sent.
    """
    order = Order.objects.get(pk=order.pk)
    refuse_too_much(order, order=order, amount_kobo=amount_kobo, most=excess_kobo(order))
    return spread_refund(
        order=order,
        amount_kobo=amount_kobo,
        reason=f"Paid too much for order {order.number}",
        at=at,
        actor=actor,
        request_key=request_key,
        is_overpaid=True,
    )


def refuse_too_much(thing: Order | Return, *, order: Order, amount_kobo: int, most: int) -> None:
    """Raise `RefundTooLarge`, naming what it is for, unless an amount can go back."""
    if not 0 < amount_kobo <= most:
        words = format_money(most, order.currency)
        raise RefundTooLarge(f"At most {words} can go back for {thing}.", field="amount_kobo")


def spread_refund(
    *,
    order: Order,
    amount_kobo: int,
    reason: str,
    at: datetime,
    actor: Actor,
    request_key: UUID,
    goods_return: Return | None = None,
    is_overpaid: bool = False,
) -> list[Refund]:
    """Refund an amount by the order's payments, the latest first. Raises as `refund_payment` does."""
    refunds: list[Refund] = []
    left = amount_kobo
    for payment in payments_of(order):
        part = min(left, refundable_kobo(payment))
        if not part:
            continue
        refund = refund_payment(
            payment=payment,
            amount_kobo=part,
            reason=reason,
            at=at,
            actor=actor,
            # By their turn: a request sent again begins with the same one, whichever payments are left by then.
            request_key=uuid5(request_key, str(len(refunds))),
            goods_return=goods_return,
            is_overpaid=is_overpaid,
        )
        refunds.append(refund)
        left -= part
    return refunds
