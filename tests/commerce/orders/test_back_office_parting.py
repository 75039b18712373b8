"""The back office cancels a part of an order and sends back what was paid too much."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from commerce.orders.models import Order
from commerce.orders.services import cancel_pieces, deliver_parcel, pay_order
from commerce.payments.models import Provider, Refund
from tests.commerce.factories import UserFactory
from tests.commerce.orders.stories import STAFF, packed, ship, state_of
from tests.commerce.orders.test_back_office_parcels import page, press, said

pytestmark = pytest.mark.django_db


def buttons(client: Client, order: Order) -> list[str]:
    """Which of the page's buttons of a part are there."""
    text = client.get(page(order)).content.decode()
    names = ("cancel_part", "refund_excess")
    return [name for name in names if reverse(f"admin:commerce_order_{name}", args=[order.pk]) in text]


def left_part(order: Order) -> dict[str, Any]:
    """What the dialog says when one piece of the order's only line is to be cancelled."""
    return {f"line_{order.lines.get().pk}": "1", "reason": "Sold out", "left": "2"}


def overpaid() -> Order:
    """An order of two pieces that was paid for, of which one was delivered and one cancelled."""
    order = packed(2)
    pay_order(order=order, provider=Provider.CASH, reference="all", amount_kobo=order.total_kobo, **STAFF)
    deliver_parcel(shipment=ship(order, 1), **STAFF)
    return cancel_pieces(order=order, reason="", **STAFF)


def test_staff_cancel_pieces_and_give_the_money_back(staff_client: Client) -> None:
    order = packed(3)
    deliver_parcel(shipment=ship(order, 1), **STAFF)
    assert buttons(staff_client, order) == ["cancel_part"]

    answer = press(staff_client, order, "cancel_part", **left_part(order))
    again = press(staff_client, order, "cancel_part", **left_part(order))

    assert (answer["HX-Redirect"], said(answer)) == (page(order), [f"A part of order {order.number} is cancelled."])
    assert said(again)[-1] == f"Order {order.number} has changed since. Look at it, then begin again."
    assert state_of(order)[1:] == ("partially_delivered", [(9, 1)])
    assert "₦4,000.00, ₦4,000.00 to pay" in staff_client.get(page(order)).content.decode()
    assert order.events.filter(note__endswith="₦2,000.00 less. Sold out").count() == 1


def test_what_was_paid_too_much_goes_back_once(staff_client: Client) -> None:
    order = overpaid()
    assert buttons(staff_client, order) == ["refund_excess"]
    form = staff_client.get(reverse("admin:commerce_order_refund_excess", args=[order.pk])).content.decode()
    assert "At most ₦2,000.00: what was paid above what the order comes to now." in form

    key = {"amount": "2000.00", "request_key": str(uuid4())}
    answer, again = (press(staff_client, order, "refund_excess", **key) for _ in range(2))

    assert said(answer) == [f"The refund of ₦2,000.00 of order {order.number} is begun."]
    assert said(again)[-1] == f"At most ₦0.00 can go back for {order.number}."
    assert Refund.objects.get().amount_kobo == 200_000


def test_with_all_that_is_left_the_order_is_cancelled(staff_client: Client) -> None:
    order = packed(2)
    answer = press(staff_client, order, "cancel_part", **{**left_part(order), f"line_{order.lines.get().pk}": "2"})
    assert said(answer) == [f"What was left of order {order.number} is cancelled."]
    assert (state_of(order)[0], buttons(staff_client, order)) == ("cancelled", [])


def test_who_may_not_refund_has_no_button(client: Client) -> None:
    order = overpaid()
    staff = UserFactory.create(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_order", "change_order"]))
    client.force_login(staff)
    assert buttons(client, order) == []


def test_an_order_s_courier_is_its_last_parcel_s(staff_client: Client) -> None:
    order = packed(2)
    Order.objects.filter(pk=order.pk).update(shipping_provider="GIG", tracking_number="T-1")
    shipment = ship(order, 1)
    assert (shipment.courier, shipment.tracking_number) == ("GIG", "T-1")

    fields = {"courier": "DHL", "tracking_number": "T-2", "tracking_url": ""}
    staff_client.post(reverse("admin:commerce_shipment_change", args=[shipment.pk]), fields)

    order = Order.objects.get(pk=order.pk)
    assert (order.courier, order.tracking) == ("DHL", "T-2")
    shown = staff_client.get(page(order)).content.decode()
    assert (">DHL<" in shown, 'name="tracking_number"' in shown) == (True, False)
    assert ship(Order.objects.get(pk=order.pk), 1).courier == "DHL"
