"""The money of a return: what its pieces are worth goes back by the order's payments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from commerce.orders.models import BACK, Return
from commerce.orders.services.refunding import refund_payment
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
    return max(
        min(unrefunded_kobo(goods_return), sum(refundable_kobo(payment) for payment in payments_of(goods_return))), 0
    )


def payments_of(goods_return: Return) -> list[Payment]:
    """Return the payments that a return's money can go back by, the latest first."""
    order = goods_return.order
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
    most = proposed_kobo(goods_return)
    if not 0 < amount_kobo <= most:
        words = format_money(most, goods_return.order.currency)
        raise RefundTooLarge(f"At most {words} can go back for {goods_return}.", field="amount_kobo")
    refunds: list[Refund] = []
    left = amount_kobo
    for payment in payments_of(goods_return):
        part = min(left, refundable_kobo(payment))
        if not part:
            continue
        refund = refund_payment(
            payment=payment,
            amount_kobo=part,
            reason=f"{goods_return} of order {goods_return.order.number}",
            at=at,
            actor=actor,
            # By their turn: a request sent again begins with the same one, whichever payments are left by then.
            request_key=uuid5(request_key, str(len(refunds))),
            goods_return=goods_return,
        )
        refunds.append(refund)
        left -= part
    return refunds
