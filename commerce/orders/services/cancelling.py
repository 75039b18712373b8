"""Cancelling pieces that have not left, while the rest of their order goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from commerce.catalog.services import release_stock
from commerce.orders.models import CLOSED, Order, OrderLine, OrderStatus
from commerce.orders.services.mailing import mail_cancelled_pieces
from commerce.orders.services.moving import cancel_order, track_step
from commerce.orders.services.pieces import count_pieces, variants_of
from commerce.orders.services.shipping import Repeated, choose_pieces, follow_parcels
from commerce.orders.services.taking_off import settle_if_covered, take_off
from commerce.orders.services.timeline import lock_order
from commerce.orders.states import IllegalMove, Tally, is_out
from zuka.platform.actor import Actor
from zuka.platform.money import format_money


@transaction.atomic
def cancel_pieces(
    *,
    order: Order,
    pieces: Mapping[int, int] | None = None,
    reason: str,
    at: datetime,
    actor: Actor,
    left: int | None = None,
) -> Order:
    """Cancel pieces that have not left: those named, by the id of the order's line, or all (None). Stock is free again.

    What they cost falls off what is due, and goes back by `refund_overpaid` where it was paid. The order goes on with
    the rest, and is delivered when that is; with no rest it is cancelled as by `cancel_order`. `left` is how many had
    not left when this was filled in. Tracks `order.part_cancelled`. Raises `IllegalMove`, `TooManyPieces`, `Repeated`.
    """
    order = lock_order(order.pk)
    if order.status in CLOSED or order.status == OrderStatus.COMPLETED:
        raise IllegalMove(f"Order {order.number} is {order.status}, nothing of it can be cancelled.", field="status")
    tallies = count_pieces(order)
    all_pieces = sum(tallies.values(), Tally())
    if left not in {None, all_pieces.left}:
        raise Repeated(f"Order {order.number} has changed since. Look at it, then begin again.", field="pieces")
    chosen = choose_pieces(order=order, tallies=tallies, wanted=pieces, doing="to cancel")
    if sum(chosen.values()) == all_pieces.left and not is_out(order, all_pieces):
        return cancel_order(order=order, reason=reason, at=at, actor=actor)
    for line, quantity in chosen.items():
        line.cancelled_quantity += quantity
    OrderLine.objects.bulk_update(chosen, ["cancelled_quantity"])
    kobo = take_off(order=order, pieces=chosen, tallies=tallies, at=at)
    follow_parcels(order=order, at=at, actor=actor, note=words_of(order, chosen, kobo=kobo, reason=reason))
    settle_if_covered(order=order, at=at, actor=actor)
    release_stock(variants_of(chosen))
    turn = str(all_pieces.cancelled + sum(chosen.values()))
    mail_cancelled_pieces(order=order, pieces=chosen, kobo=kobo, turn=turn, at=at)
    track_step("order.part_cancelled", order=order, at=at, turn=turn, value_kobo=kobo, reason=reason)
    return order


def words_of(order: Order, pieces: Mapping[OrderLine, int], *, kobo: int, reason: str) -> str:
    """Return cancelled pieces for the timeline: which, what they cost, and why."""
    names = ", ".join(f"{quantity} x {line.full_name}" for line, quantity in pieces.items())
    return f"Cancelled: {names}, {format_money(kobo, order.currency)} less. {reason}".strip()
