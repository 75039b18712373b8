"""Where the pieces of an order are, counted from its parcels."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum

from commerce.orders.models import Order, OrderLine, ShipmentLine, ShipmentStatus
from commerce.orders.states import Tally


def count_pieces(order: Order) -> dict[OrderLine, Tally]:
    """Return what became of each line's pieces. Two queries; under the order's lock nothing changes meanwhile."""
    rows = ShipmentLine.objects.filter(shipment__order=order).values_list("line_id", "shipment__status")
    found = {(line, status): pieces for line, status, pieces in rows.annotate(pieces=Sum("quantity")).order_by()}
    return {line: tally_of(line, found) for line in order.lines.all()}


def tally_of(line: OrderLine, found: Mapping[tuple[int, str], int]) -> Tally:
    """Return what became of a line's pieces, from the pieces in parcels of each state."""
    by_state = {status: found.get((line.pk, status), 0) for status in ShipmentStatus}
    return Tally(
        ordered=line.quantity,
        shipped=sum(by_state.values()),
        delivered=by_state[ShipmentStatus.DELIVERED],
        refused=by_state[ShipmentStatus.REFUSED],
    )


def count_all(order: Order) -> Tally:
    """Return what became of all pieces of an order."""
    return sum(count_pieces(order).values(), Tally())


def variants_of(pieces: Mapping[OrderLine, int]) -> dict[int, int]:
    """Return how many pieces of each variant some pieces of lines are, by its id; variants that are gone left out."""
    counts: dict[int, int] = {}
    for line, quantity in pieces.items():
        if line.variant_id and quantity:
            counts[line.variant_id] = counts.get(line.variant_id, 0) + quantity
    return counts
