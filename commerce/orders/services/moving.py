from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from analytics.track import track
from commerce.catalog.services import release_stock
from commerce.orders.models import (
    EventKind,
    FulfilmentStatus,
    Order,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)
from commerce.orders.services.pieces import count_pieces, variants_of
from commerce.orders.services.points import follow_points
from commerce.orders.services.timeline import customer_of, lock_order, move_order
from commerce.orders.states import ALL_BACK, IllegalMove, Tally, is_out
from commerce.promotions.services import release_coupons
from zuka.platform.actor import Actor


@transaction.atomic
def confirm_order(*, order: Order, at: datetime, actor: Actor, note: str = "") -> Order:
    """Confirm an order: one that is paid, or that is paid on delivery. Raises `IllegalMove`."""
    order = lock_order(order.pk)
    on_delivery = order.payment_method == PaymentMethod.CASH_ON_DELIVERY
    if not on_delivery and not is_paid_for(order):
        raise IllegalMove(f"Order {order.number} is not paid yet.", field="payment_status")
    move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.CONFIRMED, at=at, actor=actor, note=note)
    return order


@transaction.atomic
def cancel_order(*, order: Order, reason: str, at: datetime, actor: Actor) -> Order:
    """Cancel an order of which nothing is out, give back the pieces that it holds, and track `order.cancelled`.

    It holds what never left; what came back is on the shelf again. Money is refunded apart. Raises `IllegalMove`; of
    an order that is out in part, `cancel_pieces` cancels the rest.
    """
    order = lock_order(order.pk)
    tallies = count_pieces(order)
    pieces = sum(tallies.values(), Tally())
    if is_out(order, pieces):
        raise IllegalMove(words_of_parcels(order, pieces), field="fulfilment_status")
    move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.CANCELLED, at=at, actor=actor, note=reason)
    follow_points(order=order, at=at)
    if order.fulfilment_status not in ALL_BACK:
        release_stock(variants_of({line: tally.left for line, tally in tallies.items()}))
    release_coupons(order_id=order.pk, at=at)
    track_step("order.cancelled", order=order, at=at, value_kobo=order.total_kobo, reason=reason)
    return order


@transaction.atomic
def pack_order(*, order: Order, at: datetime, actor: Actor) -> Order:
    """Mark a confirmed order as packed. Raises `IllegalMove`."""
    order = lock_confirmed(order)
    move_order(order=order, kind=EventKind.FULFILMENT, to_state=FulfilmentStatus.PACKED, at=at, actor=actor)
    return order


def words_of_parcels(order: Order, pieces: Tally) -> str:
    """Return why an order with parcels out cannot be cancelled, and what can be done instead."""
    if pieces.on_the_way or not pieces.left:
        return f"Order {order.number} is on its way, it cannot be cancelled. What is refused or returned comes back."
    left = f"{pieces.left} of {pieces.ordered} pieces"
    return f"{left} of order {order.number} have not left, the others have: ship them, or cancel these alone."


def pieces_of(order: Order) -> dict[int, int]:
    """Return how many pieces an order of which nothing left holds of each variant that is still there, by its id."""
    return variants_of({line: line.kept_quantity for line in order.lines.all()})


def lock_confirmed(order: Order) -> Order:
    """Return an order, locked; only a confirmed one has parcels. Raises `IllegalMove`."""
    order = lock_order(order.pk)
    if order.status != OrderStatus.CONFIRMED:
        raise IllegalMove(f"Order {order.number} is {order.status}; confirm it first.", field="status")
    return order


def is_paid_for(order: Order) -> bool:
    """Say whether an order was paid in full and not all of it went back."""
    return order.paid_at is not None and order.payment_status != OrderPaymentStatus.REFUNDED


def complete_if_done(*, order: Order, at: datetime, actor: Actor) -> None:
    """Complete a locked order that is delivered and was paid in full, also when some went back since."""
    delivered = order.fulfilment_status == FulfilmentStatus.DELIVERED
    if order.status == OrderStatus.CONFIRMED and delivered and is_paid_for(order):
        move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.COMPLETED, at=at, actor=actor)


def track_step(event_type: str, *, order: Order, at: datetime, turn: str = "", **payload: Any) -> None:
    """Track a step that an order takes once in its life, or once each turn."""
    track(
        event_type,
        actor=customer_of(order),
        at=at,
        message_id=":".join(filter(None, [event_type, order.number, turn])),
        order_id=order.number,
        user_id=str(order.user_id) if order.user_id else None,
        currency=order.currency,
        **payload,
    )
