"""Parcels in the back office: staff ship a part, and say of each parcel what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.orders.models import Order, Shipment
from commerce.orders.services import deliver_order, refuse_parcel, ship_order
from tests.commerce.factories import make_order
from tests.commerce.orders.stories import STAFF, packed, ship, state_of

pytestmark = pytest.mark.django_db
SUBMITTED = {"_form_submitted": "True"}


def page(row: Model) -> str:
    return reverse(f"admin:commerce_{row._meta.model_name}_change", args=[row.pk])


def press(client: Client, row: Model, button: str, **fields: Any) -> Any:
    url = reverse(f"admin:commerce_{row._meta.model_name}_{button}", args=[row.pk])
    return client.post(url, {**SUBMITTED, **fields})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def offered(client: Client, order: Order) -> list[str]:
    """Which steps and dialogs an order's page offers."""
    content = client.get(page(order)).content.decode()
    names = [
        name for name in ("pack", "ship", "deliver", "collect", "refuse", "cancel") if f"order_{name}_order" in content
    ]
    return names + [
        name
        for name in ("ship_part", "begin_return")
        if reverse(f"admin:commerce_order_{name}", args=[order.pk]) in content
    ]


def test_staff_ship_a_part_and_then_the_rest(staff_client: Client) -> None:
    order = packed(2, 1)
    first, second = order.lines.all()
    assert offered(staff_client, order) == ["ship", "cancel", "ship_part"]
    form = staff_client.get(reverse("admin:commerce_order_ship_part", args=[order.pk])).content.decode()
    assert (f"line_{first.pk}" in form, first.full_name in form, "At most 2." in form) == (True, True, True)

    pieces = {f"line_{first.pk}": "1", f"line_{second.pk}": "0"}
    answer = press(staff_client, order, "ship_part", courier="GIG", tracking_url="https://gig.example/1", **pieces)

    assert (answer["HX-Redirect"], said(answer)) == (page(order), [f"Parcel 1 of order {order.number} is shipped."])
    shipment = Shipment.objects.get()
    assert (shipment.courier, shipment.tracking_url) == ("GIG", "https://gig.example/1")
    assert state_of(order)[1:] == ("partially_shipped", [(9, 1), (10, 1)])
    assert order.events.filter(actor__email="staff@example.com").count() == 1
    assert offered(staff_client, order) == ["ship", "deliver", "collect", "refuse", "ship_part"]
    ship_order(order=order, **STAFF)
    assert offered(staff_client, order) == ["deliver", "collect", "refuse"]


@pytest.mark.parametrize(
    "fields", [{"courier": "x" * 101}, {"tracking_url": "javascript:alert(1)"}, {"pieces": "3"}, {"pieces": "-1"}]
)
def test_a_parcel_that_cannot_be_stays_unshipped(staff_client: Client, fields: dict[str, str]) -> None:
    order = packed(2)
    pieces = {f"line_{order.lines.get().pk}": fields.get("pieces", "1")}

    press(staff_client, order, "ship_part", **pieces, **fields)

    assert (Shipment.objects.count(), state_of(order)[1]) == (0, "packed")


def test_a_dialog_sent_twice_ships_and_begins_once(staff_client: Client) -> None:
    order = packed(4)
    line = f"line_{order.lines.get().pk}"
    form = staff_client.get(reverse("admin:commerce_order_ship_part", args=[order.pk])).content.decode()
    assert '<input type="hidden" name="position" value="1"' in form
    answers = [press(staff_client, order, "ship_part", position="1", **{line: "1"}) for _ in range(2)]
    assert (said(answers[1])[-1], Shipment.objects.count()) == (
        "Parcel 1 is there already. Look at the order, then begin again.",
        1,
    )
    press(staff_client, order, "ship_part", position="2", **{line: "3"})
    deliver_order(order=order, **STAFF)

    begin = {"position": "1", "reason": "damaged", line: "1"}
    answers = [press(staff_client, order, "begin_return", **begin) for _ in range(2)]
    assert (said(answers[1])[-1], order.returns.count()) == (
        "Return 1 is there already. Look at the order, then begin again.",
        1,
    )


def test_cancel_is_offered_while_nothing_is_out_and_cash_while_something_is(staff_client: Client) -> None:
    order = packed(3)
    assert offered(staff_client, order) == ["ship", "cancel", "ship_part"]
    first = ship(order, 1)
    assert offered(staff_client, order) == ["ship", "deliver", "collect", "refuse", "ship_part"]
    refuse_parcel(shipment=first, **STAFF)
    assert offered(staff_client, order) == ["ship", "cancel", "ship_part"]


def test_an_empty_parcel_is_refused_in_words(staff_client: Client) -> None:
    order = packed(2)
    answer = press(staff_client, order, "ship_part", **{f"line_{order.lines.get().pk}": "0"})
    assert said(answer) == [f"Order {order.number} has nothing to ship: say which of its pieces."]


@pytest.mark.parametrize(("button", "status"), [("deliver", "delivered"), ("refuse", "refused")])
def test_a_parcel_s_way_ends_by_its_buttons(staff_client: Client, button: str, status: str) -> None:
    order = packed(1)
    shipment = ship(order, 1)

    answer, again = (press(staff_client, shipment, button) for _ in range(2))

    assert (answer["HX-Redirect"], said(answer)) == (page(order), [f"Parcel 1 of order {order.number} is {status}."])
    assert said(again)[-1] == f"Parcel 1 is {status}, it cannot be {status}."
    assert (state_of(order)[1], Shipment.objects.get().status) == (status, status)
    assert reverse(f"admin:commerce_shipment_{button}", args=[shipment.pk]) not in (
        staff_client.get(page(shipment)).content.decode()
    )


def test_staff_write_courier_and_tracking_of_a_parcel_and_nothing_else(staff_client: Client) -> None:
    shipment = ship(packed(1), 1)
    fields = {"courier": "GIG", "tracking_number": "T-2", "tracking_url": "", "status": "delivered", "position": "7"}

    with CaptureQueriesContext(connection) as captured:
        assert staff_client.post(page(shipment), fields).status_code == 302

    [written] = [query["sql"] for query in captured if query["sql"].startswith('UPDATE "commerce_shipment"')]
    assert ('"courier" =' in written, '"status" =' in written.split("WHERE")[0]) == (True, False)
    shipment.refresh_from_db()
    assert (shipment.courier, shipment.tracking_number, shipment.status, shipment.position) == (
        "GIG",
        "T-2",
        "shipped",
        1,
    )
    assert staff_client.get(reverse("admin:commerce_shipment_add")).status_code == 403
    assert staff_client.post(reverse("admin:commerce_shipment_delete", args=[shipment.pk])).status_code == 403


def test_an_order_s_page_takes_as_many_queries_for_three_parcels_as_for_one(staff_client: Client) -> None:
    def queries(order: Order) -> int:
        staff_client.get(page(order))
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(page(order)).status_code == 200
        return len(captured)

    one, three = packed(4), packed(4, 4)
    ship(one, 1)
    for pieces in ((1, 0), (1, 1), (0, 1)):
        ship(three, *pieces)
    assert queries(one) == queries(three)


def test_a_dialog_of_no_order_is_not_found(staff_client: Client) -> None:
    make_order()
    url = reverse("admin:commerce_order_ship_part", args=[10**9])
    assert staff_client.post(url, SUBMITTED | {"courier": ""}).status_code == 404
