"""The rule of four eyes: above REFUND_FOUR_EYES an order's money goes back when a second member of staff says so."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q, Sum
from django.urls import reverse

from commerce.orders.models import EventKind, Order
from commerce.orders.services.finance import finance_people
from commerce.orders.services.timeline import write_event
from commerce.payments.models import NOT_SENT, Payment, Refund, RefundStatus
from zuka.platform.actor import Actor
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.money import format_money

MAIL = "refunds.asked"
AS_STAFF_SAW = "as staff saw it"


def needs_second(*, payment: Payment, amount_kobo: int) -> bool:
    """Say whether a refund has to be approved: with it more than the limit would go back of the order.

    All that went, goes, or is asked for counts, so that many small refunds are a large one; also what has failed by the
    word of staff alone: it may go back all the same. The limit is in the shop's currency; in any other every refund has
    to be approved.
    """
    limit_kobo = settings.REFUND_FOUR_EYES * 100
    if not limit_kobo:
        return False
    if payment.currency != settings.SHOP_CURRENCY:
        return True
    refunds = Refund.objects.filter(payment__order=payment.order_id, currency=payment.currency)
    counted = refunds.filter(~Q(status__in=NOT_SENT) | Q(status=RefundStatus.FAILED, failure_reason=AS_STAFF_SAW))
    before = counted.aggregate(total=Sum("amount_kobo"))["total"] or 0
    return before + amount_kobo > limit_kobo


def note_asked(*, order: Order, refund: Refund, at: datetime, actor: Actor) -> None:
    """Write into the timeline that a refund is asked for, and to those who may approve it but did not ask."""
    amount = format_money(refund.amount_kobo, refund.currency)
    write_note(order=order, at=at, actor=actor, note=f"Refund of {amount} asked for, to be approved. {refund.reason}")
    page = reverse("admin:commerce_refund_change", args=[refund.pk])
    context = {
        "number": order.number,
        "amount": amount,
        "reason": refund.reason,
        "asked_by": str(refund.refunded_by or ""),
        "link": f"{settings.ZUKA_URL}{page}" if settings.ZUKA_URL else "",
    }
    for person in finance_people(besides=refund.refunded_by_id):
        key = f"{MAIL}:{refund.pk}:{person.pk}"
        queue_mail(key=key, template=MAIL, recipient=person.email or "", context=context, at=at)


def write_note(*, order: Order, at: datetime, actor: Actor, note: str) -> None:
    """Write something about an order's money into its timeline; the state stays."""
    state = order.payment_status
    write_event(order=order, kind=EventKind.PAYMENT, from_state=state, to_state=state, at=at, actor=actor, note=note)
