"""A second member of staff decides on a refund that is asked for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from commerce.orders.models import Order
from commerce.orders.services.asking import write_note
from commerce.orders.services.refunding import AT_PROVIDER, send_refund
from commerce.orders.services.returning import unrefunded_kobo
from commerce.orders.services.timeline import lock_order
from commerce.payments.models import Payment, Refund, RefundStatus
from commerce.payments.services import SENT, check_room
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused
from zuka.platform.money import format_money


class RefundDecided(Refused):
    """Somebody has approved or declined this refund already, or it never had to be."""

    code = "refund_decided"


class OwnRefund(Refused):
    """Nobody approves what they have asked for themselves."""

    code = "own_refund"


class RefundOvertaken(Refused):
    """Money of its order went back at the provider since this refund was asked for: it may be the same."""

    code = "refund_overtaken"


def approve_refund(*, refund: Refund, note: str, at: datetime, actor: Actor) -> Refund:
    """Let a refund go that somebody else asked for; of two who approve at once one is refused.

    Raises `OwnRefund`, `RefundDecided`; `RefundTooLarge` and `RefundOvertaken` where money went back by itself
    meanwhile; and as `refund_payment` does.
    """
    return send_refund(refund=release_refund(refund=refund, note=note, at=at, actor=actor), at=at, actor=actor)


@transaction.atomic
def release_refund(*, refund: Refund, note: str, at: datetime, actor: Actor) -> Refund:
    """Note who approved a refund, which is under way from now on. Raises as `approve_refund` does."""
    order, row = take_asked(refund)
    if actor.account_id is None or actor.account_id == row.refunded_by_id:
        raise OwnRefund("Somebody else has to approve this refund: you have asked for it.")
    row.payment = Payment.objects.select_for_update().get(pk=row.payment_id)
    check_room(payment=row.payment, amount_kobo=row.amount_kobo, held_by=SENT)
    refuse_overtaken(row)
    decide(row, RefundStatus.PENDING, note=note, at=at, actor=actor)
    amount = format_money(row.amount_kobo, row.currency)
    write_note(order=order, at=at, actor=actor, note=f"Refund of {amount} approved. {note}".strip())
    return row


@transaction.atomic
def decline_refund(*, refund: Refund, note: str, at: datetime, actor: Actor) -> Refund:
    """Let a refund not go, or withdraw one's own; its amount can be refunded again. Raises `RefundDecided`."""
    order, row = take_asked(refund)
    decide(row, RefundStatus.DECLINED, note=note, at=at, actor=actor)
    word = "withdrawn" if actor.account_id == row.refunded_by_id else "declined"
    amount = format_money(row.amount_kobo, row.currency)
    write_note(order=order, at=at, actor=actor, note=f"Refund of {amount} {word}. {note}".strip())
    return row


def refuse_overtaken(row: Refund) -> None:
    """Raise `RefundOvertaken` where money of its order was sent back by nobody here since a refund was asked for.

    So it is where more would go back than its return is worth: one of before that was said to have failed has not.
    """
    of_order = Refund.objects.filter(payment__order=row.payment.order_id, currency=row.currency)
    went = of_order.filter(refunded_by=None, reason=AT_PROVIDER, status=RefundStatus.SUCCEEDED, pk__gt=row.pk)
    too_much = -unrefunded_kobo(row.goods_return) if row.goods_return else 0
    if (kobo := max(sum(went.values_list("amount_kobo", flat=True)), too_much)) > 0:
        amount = format_money(kobo, row.currency)
        raise RefundOvertaken(
            f"{amount} went back at the provider since this was asked for. Decline it, and ask for what is still to go."
        )


def take_asked(refund: Refund) -> tuple[Order, Refund]:
    """Return a refund and its order, locked. Raises `RefundDecided` unless it waits."""
    order = lock_order(refund.payment.order_id)
    row = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)
    if row.status != RefundStatus.ASKED:
        raise RefundDecided("This refund does not wait for approval any more.")
    return order, row


def decide(row: Refund, status: RefundStatus, *, note: str, at: datetime, actor: Actor) -> None:
    """Note what was decided, by whom and why."""
    row.status, row.decided_by_id, row.decided_at, row.decision_note = status, actor.account_id, at, note
    row.save(update_fields=["status", "decided_by", "decided_at", "decision_note", "updated_at"])
