"""A step for many orders at once: what would happen is shown first, and nothing happens until staff say so."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from analytics.store.models import Event
from commerce.catalog.models import ProductVariant, StockMovement
from commerce.orders.admin import rehearsing
from commerce.orders.models import Order, OrderEvent
from commerce.orders.services import confirm_order, pack_order
from tests.commerce.factories import NOON, make_order
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
NOBODY = Actor()


@pytest.fixture
def orders() -> tuple[Order, Order]:
    """A placed order and a packed one."""
    packed = pack_order(order=confirm_order(order=make_order(), at=NOON, actor=NOBODY), at=NOON, actor=NOBODY)
    return make_order(), packed


def ask(client: Client, step: str, *chosen: Order, **more: str) -> str:
    """Post the action of a list and return what is shown."""
    body = {"action": f"{step}_orders", "_selected_action": [order.pk for order in chosen], **more}
    answer = client.post(reverse("admin:commerce_order_changelist"), body, follow=True)
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def shop_state() -> list[object]:
    """Return everything that a step may change."""
    return [
        list(Order.objects.order_by("id").values("status", "payment_status", "fulfilment_status", "updated_at")),
        list(ProductVariant.objects.order_by("id").values("stock_on_hand", "stock_reserved")),
        [table.objects.count() for table in (OrderEvent, StockMovement, OutgoingMail, Event)],
    ]


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(
    staff_client: Client, orders: tuple[Order, Order]
) -> None:
    placed, _packed = orders
    before = shop_state()

    page = ask(staff_client, "ship", *orders)

    assert "Mark shipped: 1 order. 1 is left as it is." in page
    assert f"{placed.number} Order {placed.number} is placed; confirm it first." in page
    assert "Mark shipped, 1 order Back to the orders" in page
    assert shop_state() == before


def test_the_step_is_taken_once_staff_say_so(staff_client: Client, orders: tuple[Order, Order]) -> None:
    _placed, packed = orders

    page = ask(staff_client, "ship", packed, rehearsed="yes")

    assert f"Order {packed.number} is shipped." in page
    assert list(Order.objects.order_by("id").values_list("fulfilment_status", flat=True)) == ["shipped", "unfulfilled"]


def test_what_changed_meanwhile_is_refused_with_its_reason(staff_client: Client, orders: tuple[Order, Order]) -> None:
    placed, packed = orders
    page = ask(staff_client, "ship", placed, packed, rehearsed="yes")
    assert f"Order {placed.number} is placed; confirm it first." in page
    assert f"Order {packed.number} is shipped." in page


def test_without_a_willing_order_there_is_no_button(staff_client: Client, orders: tuple[Order, Order]) -> None:
    page = ask(staff_client, "deliver", *orders)
    assert "None of these orders can take this step now." in page
    assert "Mark delivered, " not in page


def test_too_many_orders_are_refused(
    staff_client: Client, orders: tuple[Order, Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "MOST", 1)
    assert "Choose at most 1 orders at once." in ask(staff_client, "confirm", *orders)
