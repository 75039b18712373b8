"""Parcels: what of an order leaves, and whether it arrived. The order's fulfilment state follows its pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commerce.catalog.models import MovementReason
from commerce.catalog.services import return_stock, take_stock
from commerce.orders.models import (
    EventKind,
    FulfilmentStatus,
    Order,
    OrderLine,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from commerce.orders.services.mailing import mail_parcel
from commerce.orders.services.moving import complete_if_done, lock_confirmed, track_step
from commerce.orders.services.pieces import count_all, count_pieces, variants_of
from commerce.orders.services.taking_off import settle_if_covered, take_off
from commerce.orders.services.timeline import move_order, write_event
from commerce.orders.states import IllegalMove, Tally, check_move, check_parcel_move, fulfilment_of
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused


class Repeated(Refused):
    """What was filled in as an order's next parcel or return is there already: its button was pressed twice."""

    code = "repeated"


class TooManyPieces(Refused):
    """More pieces were named than there are to do this with."""

    code = "too_many_pieces"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes into a parcel, and who brings it. `pieces` by the id of the order's line; None: all that is left.

    A courier that is empty is that of the parcel before; the first's, and its number, are those that staff noted in the
    order.
    `position` is the parcel that it was filled in as: when that one has left meanwhile, this is not another one.
    """

    pieces: Mapping[int, int] | None = None
    courier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    position: int | None = None


@transaction.atomic
def ship_parcel(*, order: Order, parcel: Parcel, at: datetime, actor: Actor) -> Shipment:
    """Hand a parcel of a packed order to the courier, take its pieces off the hand, and write to the customer.

    With the first one `order.shipped` is tracked. Raises `IllegalMove`, `TooManyPieces`, `Repeated`.
    """
    order = lock_confirmed(order)
    is_first, position = order.shipped_at is None, order.shipments.count() + 1
    refuse_repeated(f"Parcel {parcel.position}", said=parcel.position, position=position)
    tallies = count_pieces(order)
    chosen = choose_pieces(order=order, tallies=tallies, wanted=parcel.pieces, doing="to ship")
    shipment = Shipment.objects.create(
        order=order,
        position=position,
        courier=parcel.courier or order.courier or "",
        tracking_number=parcel.tracking_number or (is_first and order.tracking_number) or "",
        tracking_url=parcel.tracking_url,
        shipped_at=at,
        created_at=at,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=quantity) for line, quantity in chosen.items()
    )
    take_stock(variants_of(chosen), order=order.number, at=at, actor=actor)
    follow_parcels(order=order, at=at, actor=actor, note=words_of(shipment))
    if is_first:
        track_step("order.shipped", order=order, at=at, shipping_provider=shipment.courier or None)
    mail_parcel(order=order, shipment=shipment, at=at)
    return shipment


def choose_pieces(
    *, order: Order, tallies: Mapping[OrderLine, Tally], wanted: Mapping[int, int] | None, doing: str
) -> dict[OrderLine, int]:
    """Return how many pieces of which lines are meant: those wanted, else all that are left. Raises `TooManyPieces`."""
    left = {line: tally.left for line, tally in tallies.items()}
    if wanted is None:
        chosen = {line: quantity for line, quantity in left.items() if quantity}
    else:
        chosen = {line: wanted[line.pk] for line in left if wanted.get(line.pk)}
        refuse_too_many(chosen=chosen, left=left, doing=doing)
    if not chosen:
        raise TooManyPieces(f"Order {order.number} has nothing {doing}: say which of its pieces.", field="pieces")
    return chosen


def refuse_repeated(name: str, *, said: int | None, position: int) -> None:
    """Raise `Repeated`, naming the thing, when it was said to be another one of its order than the next."""
    if said not in {None, position}:
        raise Repeated(f"{name} is there already. Look at the order, then begin again.", field="position")


def refuse_too_many(*, chosen: Mapping[OrderLine, int], left: Mapping[OrderLine, int], doing: str) -> None:
    """Raise `TooManyPieces`, naming the product, unless each line has as many pieces left as were chosen of it."""
    for line, quantity in chosen.items():
        if not 0 < quantity <= left[line]:
            raise TooManyPieces(f"{quantity} of {line.name} are named, {left[line]} are left {doing}.", field="pieces")


@transaction.atomic
def deliver_parcel(*, shipment: Shipment, at: datetime, actor: Actor) -> Shipment:
    """Mark a parcel as delivered and write to the customer. Raises `IllegalMove`.

    With the last one the order is delivered: `order.delivered` is tracked, and once paid it is completed.
    """
    order = lock_confirmed(shipment.order)
    shipment = end_parcel(shipment=shipment, status=ShipmentStatus.DELIVERED, at=at)
    follow_parcels(order=order, at=at, actor=actor, note=f"{shipment} delivered")
    mail_parcel(order=order, shipment=shipment, at=at)
    return shipment


@transaction.atomic
def refuse_parcel(*, shipment: Shipment, at: datetime, actor: Actor, note: str = "") -> Shipment:
    """Record that the customer refused a parcel at the door; its pieces can be sold again. Raises `IllegalMove`.

    What they cost falls off what is due, and goes back by `refund_overpaid` where it was paid.
    """
    order = lock_confirmed(shipment.order)
    tallies = count_pieces(order)
    shipment = end_parcel(shipment=shipment, status=ShipmentStatus.REFUSED, at=at)
    pieces = {each.line: each.quantity for each in shipment.lines.select_related("line")}
    take_off(order=order, pieces=pieces, tallies=tallies, at=at)
    return_stock(variants_of(pieces), reason=MovementReason.REFUSED, order=order.number, at=at, actor=actor)
    follow_parcels(order=order, at=at, actor=actor, note=": ".join(filter(None, [f"{shipment} refused", note])))
    settle_if_covered(order=order, at=at, actor=actor)
    return shipment


def end_parcel(*, shipment: Shipment, status: ShipmentStatus, at: datetime) -> Shipment:
    """Return a parcel of a locked order, fresh from its row and moved to where its way ended. Raises `IllegalMove`."""
    shipment = Shipment.objects.get(pk=shipment.pk)
    check_parcel_move(shipment=shipment, to_state=status)
    moment = f"{status}_at"
    shipment.status = status
    setattr(shipment, moment, at)
    shipment.save(update_fields=["status", moment, "updated_at"])
    return shipment


def follow_parcels(*, order: Order, at: datetime, actor: Actor, note: str = "") -> None:
    """Move a locked order's fulfilment to where its pieces are; where that is the same, write only the note, if any.

    Raises `IllegalMove`.
    """
    before = order.fulfilment_status
    to_state = fulfilment_of(count_all(order), before=before)
    kind = EventKind.FULFILMENT
    if to_state == before:
        if note:
            write_event(order=order, kind=kind, from_state=before, to_state=before, at=at, actor=actor, note=note)
        return
    move_order(order=order, kind=kind, to_state=to_state, at=at, actor=actor, note=note)
    if to_state == FulfilmentStatus.DELIVERED:
        track_step("order.delivered", order=order, at=at, value_kobo=order.worth_kobo)
        complete_if_done(order=order, at=at, actor=actor)


def words_of(shipment: Shipment) -> str:
    """Return a parcel for the timeline: which one, with whom, under which number."""
    courier = f"with {shipment.courier}" if shipment.courier else ""
    return ", ".join(filter(None, [f"{shipment} {courier}".strip(), shipment.tracking_number]))


@transaction.atomic
def ship_order(
    *,
    order: Order,
    at: datetime,
    actor: Actor,
    shipping_provider: str | None = None,
    tracking_number: str | None = None,
) -> Order:
    """Hand all that is left of a packed order to the courier in one parcel. Raises `IllegalMove`, `TooManyPieces`."""
    parcel = Parcel(courier=shipping_provider or "", tracking_number=tracking_number or "")
    return ship_parcel(order=order, parcel=parcel, at=at, actor=actor).order


@transaction.atomic
def deliver_order(*, order: Order, at: datetime, actor: Actor) -> Order:
    """Mark every parcel that is on its way as delivered. Raises `IllegalMove`."""
    for shipment in on_the_way(order, FulfilmentStatus.DELIVERED):
        deliver_parcel(shipment=shipment, at=at, actor=actor)
    return Order.objects.get(pk=order.pk)


@transaction.atomic
def refuse_delivery(*, order: Order, at: datetime, actor: Actor, note: str = "") -> Order:
    """Record that the customer refused every parcel that is on its way. Raises `IllegalMove`."""
    for shipment in on_the_way(order, FulfilmentStatus.REFUSED):
        refuse_parcel(shipment=shipment, at=at, actor=actor, note=note)
    return Order.objects.get(pk=order.pk)


def on_the_way(order: Order, to_state: FulfilmentStatus) -> list[Shipment]:
    """Return an order's parcels that are with a courier, one or more. Raises `IllegalMove`."""
    order = lock_confirmed(order)
    found = list(order.shipments.filter(status=ShipmentStatus.SHIPPED))
    if not found:
        check_move(order=order, kind=EventKind.FULFILMENT, to_state=to_state)
        raise IllegalMove(f"No parcel of order {order.number} is on its way.", field="status")
    return found
