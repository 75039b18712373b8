"""Orders that are packed, sent, delivered, and where they and the stock are then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.catalog.models import ProductVariant
from commerce.orders.models import Order, Return, ReturnReason, Shipment
from commerce.orders.services import (
    OrderItem,
    Parcel,
    ReturnItem,
    confirm_order,
    deliver_order,
    pack_order,
    receive_return,
    request_return,
    ship_order,
    ship_parcel,
)
from tests.commerce.factories import NOON, VariantFactory, make_order
from zuka.platform.actor import NOBODY

STAFF: dict[str, Any] = {"at": NOON, "actor": NOBODY}


def packed(*quantities: int, **choices: Any) -> Order:
    """A packed order of so many pieces of each of some new variants, ten of each on hand."""
    skus = [VariantFactory.create(stock_on_hand=10).sku for _ in quantities]
    lines = [OrderItem(sku, quantity) for sku, quantity in zip(skus, quantities, strict=True)]
    order = make_order(lines=lines, **choices)
    return pack_order(order=confirm_order(order=order, **STAFF), **STAFF)


def delivered(*quantities: int, at: datetime = NOON, **choices: Any) -> Order:
    """A packed order that was sent and has arrived."""
    order = ship_order(order=packed(*quantities, **choices), **STAFF)
    return deliver_order(order=order, **{**STAFF, "at": at})


def ship(order: Order, *pieces: int, at: datetime = NOON, **parcel: Any) -> Shipment:
    """Ship so many pieces of each line, in their order."""
    lines = order.lines.values_list("pk", flat=True)
    chosen = dict(zip(lines, pieces, strict=True))
    return ship_parcel(order=order, parcel=Parcel(chosen, **parcel), **{**STAFF, "at": at})


def ask(order: Order, *pieces: int, at: datetime = NOON, **told: Any) -> Return:
    """Ask to send so many pieces of each line back, in their order."""
    lines = order.lines.values_list("pk", flat=True)
    items = [ReturnItem(pk, count, ReturnReason.TOO_SMALL) for pk, count in zip(lines, pieces, strict=True)]
    return request_return(order=order, items=items, **{**STAFF, "at": at}, **told)


def receive(goods_return: Return, *sellable: int) -> Return:
    """Receive a return, so many pieces of each of its lines to be sold again; all where nothing is said."""
    lines = list(goods_return.lines.values_list("line_id", "quantity"))
    counts = sellable or [quantity for _, quantity in lines]
    chosen = {pk: count for (pk, _), count in zip(lines, counts, strict=True)}
    return receive_return(goods_return=goods_return, sellable=chosen, **STAFF)


def state_of(order: Order) -> tuple[str, str, list[tuple[int, int]]]:
    """An order's status and fulfilment, and of each variant what is on hand and reserved."""
    order.refresh_from_db()
    stock = ProductVariant.objects.order_by("pk").values_list("stock_on_hand", "stock_reserved")
    return order.status, order.fulfilment_status, list(stock)
