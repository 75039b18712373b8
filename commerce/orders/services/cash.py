"""What is paid at the door: what is handed over, to the kobo. The delivery fee is paid with the first parcel kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from commerce.orders.models import Order, OrderLine, Shipment, ShipmentLine, ShipmentStatus
from commerce.orders.services.pieces import count_pieces, worth_of
from commerce.orders.states import Tally


def cash_now_kobo(order: Order) -> int:
    """Return what is due for the pieces that were delivered; before any was, for those that are on their way."""
    tallies = count_pieces(order)
    some_came = any(tally.delivered for tally in tallies.values())
    return due_without(
        order, tallies, {line: tally.left + (tally.on_the_way if some_came else 0) for line, tally in tallies.items()}
    )


def cash_with_kobo(order: Order, shipment: Shipment | None) -> int:
    """Return what a courier is to collect with a parcel that is on its way, or with all that is left (None).

    What the parcels before it bring is theirs to collect, so that all of them bring what is due.
    """
    tallies = count_pieces(order)
    left = {line: tally.left for line, tally in tallies.items()}
    if shipment is None:
        return order.due_kobo - due_of_kept(order, tallies, left)
    if shipment.status != ShipmentStatus.SHIPPED:
        return 0
    after, inside = on_the_way(order, after=shipment.position), on_the_way(order, after=shipment.position - 1)
    up_to_here = due_without(order, tallies, {line: left[line] + after[line.pk] for line in tallies})
    return up_to_here - due_of_kept(order, tallies, {line: left[line] + inside[line.pk] for line in tallies})


def due_of_kept(order: Order, tallies: Mapping[OrderLine, Tally], others: Mapping[OrderLine, int]) -> int:
    """Return what is due without some pieces; nothing where those are all that the customer may keep."""
    accepted = sum(tally.left + tally.accepted for tally in tallies.values())
    return due_without(order, tallies, others) if accepted > sum(others.values()) else 0


def due_without(order: Order, tallies: Mapping[OrderLine, Tally], others: Mapping[OrderLine, int]) -> int:
    """Return what an order is due when some of its pieces are not paid for yet."""
    return order.due_kobo - worth_of(others, tallies)


def on_the_way(order: Order, *, after: int) -> Counter[int]:
    """Return how many pieces of each line, by its id, are in later parcels than one and not handed over."""
    sent = ShipmentLine.objects.filter(shipment__order=order, shipment__status=ShipmentStatus.SHIPPED)
    found: Counter[int] = Counter()
    for line_id, quantity in sent.filter(shipment__position__gt=after).values_list("line_id", "quantity"):
        found[line_id] += quantity
    return found
