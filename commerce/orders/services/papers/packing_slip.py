from __future__ import annotations

from commerce.orders.models import Order, OrderLine, PaymentMethod, Shipment
from commerce.orders.services.cash import cash_with_kobo
from commerce.orders.services.mailing import address_lines
from commerce.orders.services.pieces import count_pieces
from zuka.platform.money import format_money
from zuka.platform.papers import Paper, day_of


def packing_slip_of(order: Order, shipment: Shipment | None = None) -> Paper:
    """Return the slip that goes into a parcel: what is in it, without prices.

    Without a parcel it is for the next one: all pieces that have not left. Before any has, those of the whole order.
    """
    from zuka.platform.papers.sheet import Sheet  # what draws takes 0.25 s to import, and most processes print nothing

    name = f"{order.number}-{shipment.position}" if shipment else order.number
    sheet = Sheet(title=f"Packing slip {name}", at=shipment.shipped_at if shipment else order.placed_at)
    pieces = pieces_in(order, shipment)
    facts = [("Order", order.number), ("Ordered", day_of(order.placed_at))]
    if shipment:
        courier = " · ".join(filter(None, [shipment.courier, shipment.tracking_number]))
        facts += [("Parcel", str(shipment.position)), ("Courier", courier or "-")]
    if order.payment_method == PaymentMethod.CASH_ON_DELIVERY and (cash := cash_with_kobo(order, shipment)) > 0:
        facts.append(("Cash to collect", format_money(cash, order.currency)))
    sheet.facts(facts)
    sheet.blocks(("Deliver to", address_lines(order.shipping_address)))
    rows = [
        (f"{line.full_name}\n{line.product_snapshot.get('sku', '')}".strip(), str(line.quantity), str(quantity))
        for line, quantity in pieces
    ]
    sheet.rows(("Product", "Ordered", "In this parcel"), (112, 24, 36), rows)
    if order.notes:
        sheet.facts([("Note", order.notes)])
    return sheet.paper(f"packing-slip-{name}.pdf")


def pieces_in(order: Order, shipment: Shipment | None) -> list[tuple[OrderLine, int]]:
    """Return which pieces a slip lists."""
    if shipment:
        return [(each.line, each.quantity) for each in shipment.lines.select_related("line")]
    return [(line, pieces.left) for line, pieces in count_pieces(order).items() if pieces.left]
