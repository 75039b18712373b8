"""Asking to send something back, as its owner or with the order's token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.orders.models import Order, Return
from commerce.orders.services import access_token, refuse_return
from tests.commerce.accounts.doors import call
from tests.commerce.orders.stories import STAFF, ask, delivered
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db


def wanted(order: Order, quantity: int = 1, **changes: Any) -> dict[str, Any]:
    sku = order.lines.all()[0].product_snapshot["sku"]
    return {"lines": [{"sku": sku, "quantity": quantity, "reason": "too_small"}], "note": "The sleeves", **changes}


def url(order: Order, *, token: str | None = None) -> str:
    return f"/api/v1/orders/{order.number}/returns/?token={token or access_token(order)}"


def post(client: Client, address: str, body: dict[str, Any], *, key: str = "") -> Any:
    return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_guest_asks_with_the_token_and_reads_it_in_the_order(client: Client) -> None:
    order = delivered(2, at=now())

    answer = post(client, url(order), wanted(order))

    line = order.lines.get()
    said = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "private, no-store")
    assert said == {
        "position": 1,
        "return_status": "requested",
        "note": "The sleeves",
        "answer": "",
        "requested_at": said["requested_at"],
        "decided_at": None,
        "received_at": None,
        "lines": [
            {"sku": line.product_snapshot["sku"], "name": line.name, "quantity": 1, "reason": "too_small"},
        ],
    }
    read = client.get(f"/api/v1/orders/{order.number}/", {"token": access_token(order)}).json()
    assert (read["returns"], read["lines"][0]["returnable"]) == ([said], 1)


def test_the_owner_asks_signed_in_and_sees_the_shop_s_answer(alice: User) -> None:
    order = delivered(1, user=alice, at=now())

    assert call(alice, "post", f"orders/{order.number}/returns/", wanted(order)).status_code == 201
    assert Return.objects.get().requested_by == alice
    refuse_return(goods_return=Return.objects.get(), answer="It was worn.", **STAFF)

    [said] = call(alice, "get", f"orders/{order.number}/").json()["returns"]
    assert (said["return_status"], said["answer"]) == ("refused", "It was worn.")


def test_a_request_that_is_sent_again_is_one_return(client: Client) -> None:
    order, other = delivered(3, at=now()), delivered(1, at=now())
    twice = [(order, "tab-2"), (other, "tab-1")]

    answers = [post(client, url(order), wanted(order), key="tab-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    for changes in ({"quantity": 2}, {"note": "Too long"}):
        refused = post(client, url(order), wanted(order, **changes), key="tab-1")
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
    assert post(client, url(order), wanted(order), key="x" * 201).status_code == 400
    assert [post(client, url(each), wanted(each), key=key).json()["position"] for each, key in twice] == [2, 1]
    assert Return.objects.count() == 3


def test_another_customer_s_order_takes_no_return(client: Client, alice: User, charlie: User) -> None:
    order = delivered(1, user=alice, at=now())

    answers = [
        call(charlie, "post", f"orders/{order.number}/returns/", wanted(order)),
        post(client, url(order, token="forged"), wanted(order)),
        post(client, url(order, token=access_token(delivered(1))), wanted(order)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert Return.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"lines": []}, 400, "lines"),
        ({"lines": [{"sku": "NO-SUCH", "quantity": 1, "reason": "too_small"}]}, 400, "lines"),
        ({"lines": [{"sku": "A", "quantity": 0, "reason": "too_small"}]}, 400, "lines.0.quantity"),
        ({"lines": [{"sku": "A", "quantity": 1, "reason": "bored"}]}, 400, "lines.0.reason"),
        ({"lines": [{"sku": "A", "quantity": 1, "reason": "damaged"}] * 2}, 400, "lines"),
        ({"note": "x" * 1001}, 400, "note"),
    ],
)
def test_bad_input_names_its_field(client: Client, changes: dict[str, Any], status: int, field: str) -> None:
    order = delivered(1, at=now())
    answer = post(client, url(order), wanted(order, **changes))
    assert (answer.status_code, answer.json()["field"]) == (status, field)


@pytest.mark.parametrize(
    ("days", "quantity", "code"), [(0, 3, "too_many_pieces"), (15, 1, "nothing_to_return"), (14, 2, None)]
)
def test_what_cannot_come_back_is_refused_in_words(client: Client, days: int, quantity: int, code: str | None) -> None:
    order = delivered(2, at=now() - timedelta(days=days) + timedelta(minutes=1))
    answer = post(client, url(order), wanted(order, quantity))
    assert (answer.status_code, answer.json().get("code")) == ((409, code) if code else (201, None))


@pytest.mark.parametrize("rows", [1, 3])
def test_returns_are_read_in_as_many_queries_whatever_there_are(
    client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    order = delivered(*[rows] * rows, at=now())
    for _ in range(rows):
        ask(order, *[1] * rows, at=now())

    with django_assert_num_queries(8):
        read = client.get(f"/api/v1/orders/{order.number}/", {"token": access_token(order)}).json()

    assert [each["position"] for each in read["returns"]] == list(range(1, rows + 1))
