from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.orders.models import Order
from commerce.orders.services import access_token, deliver_parcel, ship_order
from tests.commerce.accounts.doors import call, token_of
from tests.commerce.factories import ADDRESS, NOON, UserFactory, VariantFactory, make_order
from tests.commerce.orders.stories import STAFF, packed, ship

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders/"


def body(**changes: Any) -> dict[str, Any]:
    """Return a request that a guest may send; `sku` names the one variant."""
    sku = changes.pop("sku", None) or VariantFactory.create().sku
    return {
        "lines": [{"sku": sku, "quantity": 2}],
        "contact": {"name": "Ada", "email": "ada@example.com"},
        "shipping_address": ADDRESS,
        "payment_method": "cash_on_delivery",
        **changes,
    }


def post(client: Client, data: dict[str, Any], **headers: str) -> Any:
    return client.post(ORDERS, data, content_type="application/json", headers=headers)


def naira(kobo: int, display: str) -> dict[str, Any]:
    return {"kobo": kobo, "currency": "NGN", "display": display}


def test_a_guest_places_an_order_and_reads_it_again(client: Client) -> None:
    variant = VariantFactory.create(size="M")
    visitor = {"X-Zuka-Visitor": "visitor-9", "X-Zuka-Session": "session-9"}

    answer = post(client, body(sku=variant.sku), **visitor)

    order = Order.objects.get()
    placed = answer.json()
    assert answer.status_code == 201
    assert (order.user, order.guest_email, order.visitor_id, order.session_id) == (
        None,
        "ada@example.com",
        "visitor-9",
        "session-9",
    )
    token = placed.pop("access_token")
    assert placed["number"] == order.number
    assert (placed["status"], placed["payment_status"], placed["fulfilment_status"]) == (
        "pending",
        "unpaid",
        "unfulfilled",
    )
    assert (placed["subtotal"], placed["total"]) == (naira(400_000, "₦4,000.00"), naira(400_000, "₦4,000.00"))
    assert placed["lines"] == [
        {
            "product_id": variant.product.public_id,
            "sku": variant.sku,
            "name": variant.product.name,
            "size": "M",
            "colour": None,
            "quantity": 2,
            "unit_price": naira(200_000, "₦2,000.00"),
            "total": naira(400_000, "₦4,000.00"),
            "cancelled": 0,
            "returnable": 0,
        }
    ]
    read = client.get(f"{ORDERS}{order.number}/", {"token": token})
    assert (read.status_code, read.json()) == (200, placed)
    assert read.headers["Cache-Control"] == "private, no-store"


def test_a_price_that_the_client_sends_is_ignored(client: Client) -> None:
    data = body(total=1, discount=399_999)
    data["lines"][0] |= {"price": 1, "unit_price_kobo": 1}

    assert post(client, data).json()["total"] == naira(400_000, "₦4,000.00")


def test_a_customer_reads_their_own_order(alice: User) -> None:
    number = call(alice, "post", "orders/", body(contact={})).json()["number"]

    assert Order.objects.get().user == alice
    assert call(alice, "get", f"orders/{number}/").status_code == 200


def test_a_back_office_session_shops_for_nobody(client: Client, alice: User) -> None:
    client.force_login(alice)
    post(client, body())

    assert Order.objects.get().user is None
    assert client.get(ORDERS).status_code == 401


def test_a_customer_lists_their_own_orders_newest_first(
    alice: User, charlie: User, django_assert_num_queries: Any
) -> None:
    numbers = [make_order(user=alice).number]
    make_order(user=charlie)
    token = token_of(alice)

    def read(queries: int) -> list[str]:
        with django_assert_num_queries(queries):
            answer = Client(headers={"X-Session-Token": token}).get(ORDERS)
        assert answer.headers["Cache-Control"] == "private, no-store"
        return [each["number"] for each in answer.json()["results"]]

    ship_order(order=packed(2, user=alice, at=NOON - timedelta(days=1)), **STAFF)
    numbers.append(Order.objects.get(shipped_at=NOON).number)
    assert read(8) == numbers
    numbers = [make_order(user=alice, at=NOON + timedelta(hours=hour)).number for hour in (2, 1)] + numbers
    assert read(8) == numbers
    assert Client().get(ORDERS).json()["code"] == "not_authenticated"


def test_an_order_is_hidden_from_everyone_else(client: Client, alice: User, charlie: User) -> None:
    order, other = make_order(user=alice), make_order(user=charlie)
    url = f"{ORDERS}{order.number}/"

    answers = [client.get(url), client.get(url, {"token": ""}), client.get(url, {"token": access_token(other)})]
    client.force_login(charlie)
    answers += [client.get(url), client.get(url, {"token": "forged"})]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 5


def test_staff_have_no_special_way_through_the_api(client: Client, alice: User) -> None:
    order = make_order(user=alice)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))

    assert client.get(f"{ORDERS}{order.number}/").status_code == 404


def test_the_same_key_places_one_order(client: Client) -> None:
    data = body()

    answers = [post(client, data, **{"Idempotency-Key": "key-1"}) for _ in range(2)]
    other = post(
        client, {**data, "notes": "", "lines": [{**data["lines"][0], "quantity": 3}]}, **{"Idempotency-Key": "key-1"}
    )

    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (
        409,
        "idempotency_key_reused",
        "Idempotency-Key",
    )
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payment_method": "paystack"}, "payment_method"),
        ({"payment_method": "barter"}, "payment_method"),
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "NO-SUCH", "quantity": 1}]}, "lines"),
        ({"lines": [{"sku": "A", "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "A", "quantity": 10**30}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": 1}]}, "lines.0.sku"),
        ({"lines": [{"sku": "A", "quantity": 1}] * 101}, "lines"),
        ({"contact": {"name": "Ada"}}, "contact.email"),
        ({"contact": {"email": "not an e-mail"}}, "contact.email"),
        ({"contact": {"phone": "call me"}}, "contact.phone"),
        ({"shipping_address": {"city": "Lagos"}}, "shipping_address.recipient_name"),
        ({"shipping_address": {**ADDRESS, "country": "Nigeria"}}, "shipping_address.country"),
        ({"shipping_address": {**ADDRESS, "city": "La\x00gos"}}, "shipping_address.city"),
        ({"channel": "fax"}, "channel"),
    ],
)
def test_bad_input_names_its_field(client: Client, changes: dict[str, Any], field: str) -> None:
    answer = post(client, body(**changes))

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert Order.objects.count() == 0


def test_an_endless_key_is_refused(client: Client) -> None:
    answer = post(client, body(), **{"Idempotency-Key": "k" * 201})

    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_takes_four_queries_before_a_parcel_has_left(
    client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    skus = [VariantFactory.create().sku for _ in range(rows)]
    data = body(lines=[{"sku": sku, "quantity": 1} for sku in skus])
    placed = post(client, data).json()

    with django_assert_num_queries(4):
        read = client.get(f"{ORDERS}{placed['number']}/", {"token": placed["access_token"]}).json()
    assert len(read["lines"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_parcels_are_read_with_what_is_in_them(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    order = packed(*[2] * rows)
    bought = [(line.product_snapshot["sku"], line.name) for line in order.lines.all()]
    first = ship(order, *[1] * rows, courier="GIG", tracking_number="T-1", tracking_url="https://gig.example/T-1")
    second = ship(order, *[1] * rows)
    deliver_parcel(shipment=first, **STAFF)

    with django_assert_num_queries(6):
        read = client.get(f"{ORDERS}{order.number}/", {"token": access_token(order)}).json()

    assert read["parcels"][0] == {
        "parcel": 1,
        "parcel_status": "delivered",
        "courier": "GIG",
        "tracking_number": "T-1",
        "tracking_url": "https://gig.example/T-1",
        "shipped_at": "2026-03-10T12:00:00+01:00",
        "delivered_at": "2026-03-10T12:00:00+01:00",
        "refused_at": None,
        "lines": [{"sku": sku, "name": name, "quantity": 1} for sku, name in bought],
    }
    assert [each["parcel"] for each in read["parcels"]] == [1, second.position]
    assert (read["status"], read["fulfilment_status"]) == ("shipped", "partially_delivered")
