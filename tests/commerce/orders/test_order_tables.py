from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from commerce.orders.models import (
    EventKind,
    FulfilmentStatus,
    Order,
    OrderEvent,
    OrderLine,
    OrderPaymentStatus,
    OrderStatus,
)
from commerce.orders.states import MACHINES
from tests.commerce.factories import NOON, make_order

pytestmark = pytest.mark.django_db
CHOICES = {
    EventKind.STATUS: OrderStatus,
    EventKind.PAYMENT: OrderPaymentStatus,
    EventKind.FULFILMENT: FulfilmentStatus,
}


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"total_kobo": 1}, "order_total_adds_up"),
        ({"discount_kobo": 200_001, "total_kobo": -1}, "order_total_kobo_not_negative"),
        ({"shipping_kobo": -1, "total_kobo": 199_999}, "order_shipping_kobo_not_negative"),
        ({"currency": "₦"}, "order_currency"),
        ({"status": "lost"}, "order_status"),
        ({"payment_status": "lost"}, "order_payment_status"),
        ({"fulfilment_status": "lost"}, "order_fulfilment_status"),
        ({"payment_method": "barter"}, "order_payment_method"),
        ({"channel": "fax"}, "order_channel"),
    ],
)
def test_the_database_refuses_an_order(columns: dict[str, object], constraint: str) -> None:
    order = make_order()

    with pytest.raises(IntegrityError, match=constraint):
        Order.objects.filter(pk=order.pk).update(**columns)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"quantity": 0, "total_kobo": 0}, "order_line_quantity_positive"),
        ({"total_kobo": 1}, "order_line_total_adds_up"),
        ({"unit_cost_kobo": -1}, "order_line_unit_cost_kobo_not_negative"),
    ],
)
def test_the_database_refuses_a_line(columns: dict[str, object], constraint: str) -> None:
    make_order()

    with pytest.raises(IntegrityError, match=constraint):
        OrderLine.objects.update(**columns)


def test_the_database_refuses_an_unknown_timeline_kind() -> None:
    with pytest.raises(IntegrityError, match="order_event_kind"):
        OrderEvent.objects.create(order=make_order(), kind="rumour", occurred_at=NOON)


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ({}, "pending"),
        ({"payment_status": "pending"}, "pending"),
        ({"payment_status": "paid", "paid_at": NOON}, "paid"),
        ({"payment_status": "partially_refunded", "paid_at": NOON}, "paid"),
        ({"payment_status": "partially_refunded"}, "pending"),
        ({"status": "confirmed"}, "processing"),
        ({"status": "confirmed", "payment_status": "paid", "fulfilment_status": "packed"}, "processing"),
        ({"status": "confirmed", "fulfilment_status": "shipped"}, "shipped"),
        ({"status": "confirmed", "fulfilment_status": "refused"}, "shipped"),
        ({"status": "confirmed", "fulfilment_status": "delivered"}, "delivered"),
        ({"status": "completed", "payment_status": "paid", "fulfilment_status": "delivered"}, "delivered"),
        ({"payment_status": "partially_refunded", "fulfilment_status": "delivered"}, "delivered"),
        ({"payment_status": "refunded", "fulfilment_status": "delivered"}, "refunded"),
        ({"status": "cancelled", "payment_status": "refunded"}, "cancelled"),
        ({"status": "expired"}, "cancelled"),
    ],
)
def test_derived_status(states: dict[str, Any], word: str) -> None:
    assert Order(**states).derived_status == word


@pytest.mark.parametrize("kind", list(MACHINES))
def test_every_state_has_a_row_and_leads_to_known_states(kind: EventKind) -> None:
    machine = MACHINES[kind]
    states = set(CHOICES[kind].values)

    assert set(machine.moves) == states
    assert {state for moves in machine.moves.values() for state in moves} <= states
