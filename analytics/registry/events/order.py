"""Orders. The shop's own are the truth; what a client says of them is a claim and never revenue."""

from __future__ import annotations

from typing import Any

from analytics.registry.types import Amount, EventType, Payload, Said, Text


class Order(Payload):
    """An order. `order_id` may come as orderId, transaction_id or ec_id; amounts in naira, `value_kobo` in kobo."""

    order_id: Text
    user_id: Text | None = None
    amount: Amount | None = None
    total: Amount | None = None
    revenue: Amount | None = None
    value: Amount | None = None
    value_kobo: int | None = None
    currency: Text | None = None
    coupon: Text | None = None
    payment_method: Text | None = None
    products: list[Any] | None = None


ITEMS = [{"product_id": "p100", "qty": 2, "price": 2000}, {"product_id": "p200", "qty": 1, "price": 1500}]
PLACED = {"order_id": "ord123", "amount": 5500, "currency": "NGN", "items": ITEMS}
WITHOUT_ID = {"amount": 5500}
TOTALS = ("total", "amount", "revenue", "value")


def order_type(name: str, text: str, said: Said, *aliases: str, is_visit: bool = True) -> EventType:
    """Return an order's event type; all carry the same properties."""
    return EventType(name, text, Order, PLACED, WITHOUT_ID, aliases, said, TOTALS, is_visit=is_visit)


TYPES = (
    order_type(
        "order.created",
        "An order was placed (never a cart).",
        Said.CLAIM,
        *("Order Completed", "Completed Order", "purchase", "in_app_purchase", "ecommerce_purchase", "transaction"),
    ),
    order_type("order.updated", "An order was changed.", Said.CLAIM, "Order Updated", "Updated Order"),
    order_type("order.cancelled", "An order was cancelled.", Said.CLAIM, "Order Cancelled", is_visit=False),
    order_type(
        "order.part_cancelled", "Pieces of an order were cancelled; the rest went on.", Said.SERVER, is_visit=False
    ),
    order_type("order.refunded", "An order was refunded.", Said.CLAIM, "Order Refunded", "refund", is_visit=False),
    order_type("order.payment_failed", "A payment failed.", Said.CLAIM, "trns_error"),
    order_type("order.paid", "An order was paid in full.", Said.SERVER, is_visit=False),
    order_type("order.shipped", "An order left the shop.", Said.SERVER, is_visit=False),
    order_type("order.delivered", "An order reached its buyer.", Said.SERVER, is_visit=False),
)
