from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from analytics.track import track
from commerce.catalog.models import MovementReason
from commerce.catalog.services import release_stock, return_stock, take_stock
from commerce.orders.models import (
    EventKind,
    FulfilmentStatus,
    Order,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)
from commerce.orders.services.timeline import customer_of, lock_order, move_order
from commerce.orders.states import CANCELLABLE_FULFILMENT, IllegalMove
from commerce.promotions.services import release_coupons
from zuka.platform.actor import Actor

# Until its parcel leaves, an order holds its pieces; those of a refused one are on the shelf again.
RESERVING = frozenset({FulfilmentStatus.UNFULFILLED, FulfilmentStatus.PACKED})


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
    """Cancel an order whose parcel is with the shop, give its pieces back, and track `order.cancelled`.

    Money is refunded apart.

    Raises `IllegalMove`.
    """
    order = lock_order(order.pk)
    if order.fulfilment_status not in CANCELLABLE_FULFILMENT:
        raise IllegalMove(f"Order {order.number} is on its way, it cannot be cancelled.", field="fulfilment_status")
    move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.CANCELLED, at=at, actor=actor, note=reason)
    if order.fulfilment_status in RESERVING:
        release_stock(pieces_of(order))
    release_coupons(order_id=order.pk, at=at)
    track_step("order.cancelled", order=order, at=at, value_kobo=order.total_kobo, reason=reason)
    return order


@transaction.atomic
def pack_order(*, order: Order, at: datetime, actor: Actor) -> Order:
    """Mark a confirmed order as packed. Raises `IllegalMove`."""
    return fulfil(order=order, to_state=FulfilmentStatus.PACKED, at=at, actor=actor)


@transaction.atomic
def ship_order(
    *,
    order: Order,
    at: datetime,
    actor: Actor,
    shipping_provider: str | None = None,
    tracking_number: str | None = None,
) -> Order:
    """Hand a packed order to the courier and track `order.shipped`. Raises `IllegalMove`.

    Courier and tracking number that are not given stay as they are.
    """
    said = {"shipping_provider": shipping_provider, "tracking_number": tracking_number}
    known = {column: value for column, value in said.items() if value}
    order = fulfil(order=order, to_state=FulfilmentStatus.SHIPPED, at=at, actor=actor, **known)
    take_stock(pieces_of(order), order=order.number, at=at, actor=actor)
    track_step("order.shipped", order=order, at=at, shipping_provider=order.shipping_provider)
    return order


@transaction.atomic
def deliver_order(*, order: Order, at: datetime, actor: Actor) -> Order:
    """Mark a shipped order as delivered, track `order.delivered`; once paid it is completed. Raises `IllegalMove`."""
    order = fulfil(order=order, to_state=FulfilmentStatus.DELIVERED, at=at, actor=actor)
    track_step("order.delivered", order=order, at=at, value_kobo=order.total_kobo)
    complete_if_done(order=order, at=at, actor=actor)
    return order


@transaction.atomic
def refuse_delivery(*, order: Order, at: datetime, actor: Actor, note: str = "") -> Order:
    """Record that the customer refused the parcel at the door; its pieces can be sold again. Raises `IllegalMove`."""
    order = fulfil(order=order, to_state=FulfilmentStatus.REFUSED, at=at, actor=actor, note=note)
    return_stock(pieces_of(order), reason=MovementReason.REFUSED, order=order.number, at=at, actor=actor)
    return order


def pieces_of(order: Order) -> dict[int, int]:
    """Return how many pieces an order has of each variant that is still there, by its id."""
    rows = order.lines.exclude(variant=None).values_list("variant_id").annotate(pieces=Sum("quantity"))
    return dict(rows.order_by())


def fulfil(
    *, order: Order, to_state: FulfilmentStatus, at: datetime, actor: Actor, note: str = "", **columns: str
) -> Order:
    """Lock an order, set what is known of its parcel and move it; only a confirmed order has one.

    Raises `IllegalMove`.
    """
    order = lock_order(order.pk)
    if order.status != OrderStatus.CONFIRMED:
        raise IllegalMove(f"Order {order.number} is {order.status}; confirm it first.", field="status")
    for column, value in columns.items():
        setattr(order, column, value)
    move_order(order=order, kind=EventKind.FULFILMENT, to_state=to_state, at=at, actor=actor, note=note)
    if columns:
        order.save(update_fields=[*columns, "updated_at"])
    return order


def is_paid_for(order: Order) -> bool:
    """Say whether an order was paid in full and not all of it went back."""
    return order.paid_at is not None and order.payment_status != OrderPaymentStatus.REFUNDED


def complete_if_done(*, order: Order, at: datetime, actor: Actor) -> None:
    """Complete a locked order that is delivered and was paid in full, also when some went back since."""
    delivered = order.fulfilment_status == FulfilmentStatus.DELIVERED
    if order.status == OrderStatus.CONFIRMED and delivered and is_paid_for(order):
        move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.COMPLETED, at=at, actor=actor)


def track_step(event_type: str, *, order: Order, at: datetime, **payload: Any) -> None:
    """Track a step that an order takes once in its life."""
    track(
        event_type,
        actor=customer_of(order),
        at=at,
        message_id=f"{event_type}:{order.number}",
        order_id=order.number,
        user_id=str(order.user_id) if order.user_id else None,
        currency=order.currency,
        **payload,
    )
