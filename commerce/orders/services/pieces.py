"""Where the pieces of an order are, counted from its parcels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Sum

from commerce.orders.models import (
    BACK,
    FulfilmentStatus,
    Order,
    OrderLine,
    ReturnLine,
    ReturnStatus,
    ShipmentLine,
    ShipmentStatus,
)
from commerce.orders.states import Tally


def count_pieces(order: Order) -> dict[OrderLine, Tally]:
    """Return what became of each line's pieces. Three queries; under the order's lock nothing changes meanwhile."""
    rows = ShipmentLine.objects.filter(shipment__order=order).values_list("line_id", "shipment__status")
    found = {(line, status): pieces for line, status, pieces in rows.annotate(pieces=Sum("quantity")).order_by()}
    back = ReturnLine.objects.filter(goods_return__order=order, goods_return__status__in=BACK).values_list("line_id")
    returned = dict(back.annotate(pieces=Sum("quantity")).order_by())
    return {line: tally_of(line, found, returned.get(line.pk, 0)) for line in order.lines.all()}


def tally_of(line: OrderLine, found: Mapping[tuple[int, str], int], returned: int) -> Tally:
    """Return what became of a line's pieces, from those in parcels of each state and those that came back."""
    by_state = {status: found.get((line.pk, status), 0) for status in ShipmentStatus}
    return Tally(
        ordered=line.quantity,
        shipped=sum(by_state.values()),
        delivered=by_state[ShipmentStatus.DELIVERED],
        refused=by_state[ShipmentStatus.REFUSED],
        returned=returned,
        cancelled=line.cancelled_quantity,
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


def worth_of(pieces: Mapping[OrderLine, int], tallies: Mapping[OrderLine, Tally]) -> int:
    """Return what some pieces of an order cost, in kobo, when what the tallies say is gone before them."""
    return sum(worth_of_pieces(line, before=tallies[line].gone, quantity=quantity) for line, quantity in pieces.items())


def returnable_pieces(order: Order, *, since: datetime | None = None) -> dict[int, int]:
    """Return how many pieces of each line, by its id, may still be sent back: delivered, and in no return that goes on.

    With `since`, only those that were delivered then or later. Reads `with_parts`, without a query when those are
    there already.
    """
    if order.fulfilment_status == FulfilmentStatus.RETURNED:
        return {}
    delivered, recent, taken = Counter[int](), Counter[int](), Counter[int]()
    for shipment in order.shipments.all():
        if shipment.delivered_at is None:
            continue
        for each in shipment.lines.all():
            delivered[each.line_id] += each.quantity
            recent[each.line_id] += each.quantity if since is None or shipment.delivered_at >= since else 0
    for goods_return in order.returns.all():
        if goods_return.status != ReturnStatus.REFUSED:
            taken.update({each.line_id: each.quantity for each in goods_return.lines.all()})
    return {pk: left for pk in delivered if (left := min(delivered[pk] - taken[pk], recent[pk])) > 0}


def worth_of_pieces(line: OrderLine, *, before: int, quantity: int) -> int:
    """Return what some pieces of a line cost, in kobo, when `before` pieces of it are gone already.

    It prices returns, refusals at the door and cancelled pieces alike. Each piece costs the same, and the last one what
    is left of the line, less its share of the discount, and with the tax that came on top.
    """
    net = line.total_kobo - line.discount_kobo + line.tax_kobo
    each = net // line.quantity
    return net - each * before if before + quantity == line.quantity else each * quantity
