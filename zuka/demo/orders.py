"""Orders as rows, from purchases: lines with frozen names and prices, delivery, coupon, and what the shop tracks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from analytics.store.event import Event
from commerce.catalog.models import ProductVariant
from commerce.money import spread_kobo
from commerce.orders.models import (
    BACK,
    Channel,
    EventKind,
    Order,
    OrderEvent,
    OrderLine,
    OrderStatus,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from commerce.orders.services.lines import price_line
from commerce.orders.services.pieces import worth_of_pieces
from commerce.orders.states import Tally
from commerce.payments.models import Payment, Refund
from commerce.taxes.models import TaxRate
from commerce.taxes.services import Taxed, apply_rate
from zuka.demo.baskets import Basket, Item
from zuka.demo.checkouts import Purchase
from zuka.demo.moments import moment_of
from zuka.demo.telling import state_fact

encode = msgspec.json.Encoder().encode
# In the prices, so that what past orders cost is what it was.
VAT = TaxRate(name="VAT", country="NG", basis_points=750, is_included=True)
FREE_DELIVERY_KOBO = 10_000_000
# Percent off, by the campaign that shows the code.
COUPONS = {
    "black-friday": ("BLACKFRIDAY15", 15),
    "detty-december": ("DETTY10", 10),
    "salary-week": ("SALARY5", 5),
}


@dataclass(slots=True, eq=False)
class Bought:
    """An order with all its rows, unsaved, and the events that the shop tracked about it."""

    order: Order
    lines: list[OrderLine]
    timeline: list[OrderEvent] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    parcels: list[tuple[Shipment, list[int]]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    return_lines: list[ReturnLine] = field(default_factory=list)
    basket: Basket | None = None
    events: list[Event] = field(default_factory=list)

    def inside(self) -> list[ShipmentLine]:
        """Return what is in the parcels that were sent: of each, how many pieces of each line."""
        return [
            ShipmentLine(shipment=shipment, line=line, quantity=count)
            for shipment, counts in self.parcels
            for line, count in zip(self.lines, counts, strict=True)
            if count
        ]

    def tallies(self) -> list[Tally]:
        """Return what became of each line's pieces."""
        return [
            Tally(
                ordered=line.quantity,
                shipped=sum(counts[at] for _, counts in self.parcels),
                delivered=sum(counts[at] for each, counts in self.parcels if each.status == ShipmentStatus.DELIVERED),
                refused=sum(counts[at] for each, counts in self.parcels if each.status == ShipmentStatus.REFUSED),
                returned=sum(
                    each.quantity
                    for each in self.return_lines
                    if each.line is line and each.goods_return.status in BACK
                ),
                cancelled=line.cancelled_quantity,
            )
            for at, line in enumerate(self.lines)
        ]

    def worth_of(self, counts: list[int]) -> int:
        """Return what so many pieces of each line cost, in kobo, after those that are gone."""
        return sum(
            worth_of_pieces(line, before=tally.gone, quantity=count)
            for line, tally, count in zip(self.lines, self.tallies(), counts, strict=True)
        )

    def state(self, event_type: str, *, at: datetime, suffix: str = "", **facts: Any) -> None:
        """Track a fact about the order; `value_kobo` among the facts is its amount. Test orders track nothing."""
        order = self.order
        if order.is_test:
            return
        user = str(order.user_id) if order.user_id else None
        properties = {"order_id": order.number, "user_id": user, "currency": order.currency, **facts}
        columns = campaign_columns(order) if event_type == "order.created" else {}
        event = state_fact(
            event_type,
            at=at,
            message_id=f"{event_type}:{order.number}{suffix}",
            properties=encode(properties).decode(),
            platform="server",
            user_id=user,
            visitor_id=order.visitor_id,
            order_ref=order.number,
            value_kobo=facts.get("value_kobo"),
            currency=order.currency,
            **columns,
        )
        self.events.append(event)


def campaign_columns(order: Order) -> dict[str, str | None]:
    """Return the columns of the session in which an order was placed."""
    return {
        "session_id": order.session_id,
        "utm_source": order.utm_source,
        "utm_medium": order.utm_medium,
        "utm_campaign": order.utm_campaign,
    }


def place(purchase: Purchase, *, number: str, code: tuple[str | None, int], is_test: bool = False) -> Bought:
    """Return a placed order with its lines, first timeline row, `order.created`; `code`: a coupon's, its per cent."""
    session, contact, customer = purchase.session, purchase.contact, purchase.customer
    at = moment_of(purchase.placed_ms)
    known = session.actor(purchase.basket.speaker if purchase.basket else None)
    lines = [price_line(variant=each, quantity=count, at=at) for each, count in merge(purchase.items)]
    subtotal = sum(line.total_kobo for line in lines)
    coupon_code, percent = code
    discount = subtotal * percent // 100
    for line, share in zip(lines, spread_kobo(discount, [line.total_kobo for line in lines]), strict=True):
        line.discount_kobo = share
    shipping = 0 if subtotal >= FREE_DELIVERY_KOBO else contact.place.delivery_kobo
    goods = [Taxed(line.total_kobo - line.discount_kobo, None) for line in lines]
    tax = apply_rate(rate=VAT, goods=goods, delivery_kobo=shipping, exempt=set())
    for line, kobo in zip(lines, tax.lines, strict=True):
        line.tax_included_kobo = kobo
    order = Order(
        number=number,
        user=customer.user if customer else None,
        guest_email=None if customer else contact.email,
        guest_phone=None if customer else contact.phone,
        contact_name=contact.name,
        payment_method=purchase.method,
        subtotal_kobo=subtotal,
        shipping_kobo=shipping,
        discount_kobo=discount,
        tax_included_kobo=tax.included_kobo,
        tax_title=tax.title,
        total_kobo=subtotal + shipping - discount,
        shipping_address=contact.address,
        channel=Channel(session.platform),
        visitor_id=known.get("visitor_id"),
        session_id=known.get("session_id"),
        utm_source=known.get("utm_source"),
        utm_medium=known.get("utm_medium"),
        utm_campaign=known.get("utm_campaign"),
        coupon_code=coupon_code,
        is_test=is_test,
        placed_at=at,
        created_at=at,
    )
    bought = Bought(order, lines, basket=purchase.basket)
    for line in lines:
        line.order = order
    write_row(bought, EventKind.STATUS, to_state=OrderStatus.PLACED, at=at)
    items = [
        {"product_id": line.product_ref, "qty": line.quantity, "price_kobo": line.unit_price_kobo} for line in lines
    ]
    bought.state("order.created", at=at, value_kobo=order.total_kobo, payment_method=order.payment_method, items=items)
    return bought


def merge(items: list[Item]) -> list[tuple[ProductVariant, int]]:
    """Return each variant once, with how many of it."""
    variants = {item.variant.sku: item.variant for item in items}
    quantities = dict.fromkeys(variants, 0)
    for item in items:
        quantities[item.variant.sku] += item.quantity
    return [(variants[sku], quantity) for sku, quantity in quantities.items()]


def write_row(
    bought: Bought, kind: EventKind, *, to_state: str, at: datetime, from_state: str = "", note: str = ""
) -> None:
    """Add a row to an order's timeline."""
    bought.timeline.append(
        OrderEvent(order=bought.order, kind=kind, from_state=from_state, to_state=to_state, note=note, occurred_at=at)
    )
