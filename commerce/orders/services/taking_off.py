"""What an order comes to when pieces of it were cancelled or refused: its due falls by exactly what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from commerce.orders.models import EventKind, Order, OrderLine, OrderPaymentStatus
from commerce.orders.services.moving import complete_if_done
from commerce.orders.services.paying import track_paid
from commerce.orders.services.pieces import count_all, worth_of
from commerce.orders.services.points import follow_points
from commerce.orders.services.timeline import move_order, write_event
from commerce.orders.states import MONEY_WENT, Tally
from zuka.platform.actor import Actor
from zuka.platform.money import format_money


def take_off(*, order: Order, pieces: Mapping[OrderLine, int], tallies: Mapping[OrderLine, Tally], at: datetime) -> int:
    """Take what pieces of a locked order cost off what it comes to, and return it; the tallies are from before.

    What points paid for of them comes back.
    """
    kobo = worth_of(pieces, tallies)
    order.taken_off_kobo += kobo
    order.save(update_fields=["taken_off_kobo", "updated_at"])
    follow_points(order=order, at=at)
    return kobo


def settle_if_covered(*, order: Order, at: datetime, actor: Actor) -> None:
    """Mark a locked order as paid when nothing is due for what its customer keeps, and track `order.paid`.

    That some of its money went back before stays to be seen, as in `state_after`.
    """
    pieces = count_all(order)
    if order.paid_at is not None or order.due_kobo > 0 or not pieces.left + pieces.accepted:
        return
    comes_to = format_money(order.worth_kobo, order.currency)
    note = f"The order comes to {comes_to} now: nothing more to pay"
    kind, before = EventKind.PAYMENT, order.payment_status
    if before in MONEY_WENT:
        order.paid_at = at
        order.save(update_fields=["paid_at", "updated_at"])
        write_event(order=order, kind=kind, from_state=before, to_state=before, at=at, actor=actor, note=note)
    else:
        move_order(order=order, kind=kind, to_state=OrderPaymentStatus.PAID, at=at, actor=actor, note=note)
    last = order.payments.received().order_by("-captured_at", "-id").first()
    track_paid(order=order, provider=last.provider if last else "none", at=at)
    complete_if_done(order=order, at=at, actor=actor)
