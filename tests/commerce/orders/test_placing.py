from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from commerce.accounts.models import User
from commerce.accounts.services import InvalidPhone
from commerce.catalog.models import ProductStatus
from commerce.catalog.services import NotForSale
from commerce.orders.models import Order, OrderEvent, OrderLine
from commerce.orders.services import Campaign, Contact, OrderItem
from commerce.orders.services.lines import EmptyOrder
from commerce.orders.services.placing import MissingContact
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, ProductFactory, UserFactory, VariantFactory, in_threads, make_order
from zuka.platform.actor import Actor
from zuka.platform.idempotency import KeyReused


@pytest.mark.django_db
def test_an_order_takes_prices_and_names_from_the_shop() -> None:
    product = ProductFactory.create(name="Gown", sale_price_kobo=150_000, cost_price_kobo=90_000)
    gown = VariantFactory.create(product=product, size="M", colour="red")
    cap = VariantFactory.create(product=ProductFactory.create(price_kobo=50_000))

    order = make_order(lines=[OrderItem(sku=gown.sku, quantity=2), OrderItem(sku=cap.sku, quantity=1)])
    product.name, product.sale_price_kobo = "Renamed", 1
    product.save()

    order.refresh_from_db()
    assert (order.subtotal_kobo, order.total_kobo, order.currency) == (350_000, 350_000, "NGN")
    assert list(
        order.lines.values_list("product_ref", "size", "quantity", "unit_price_kobo", "unit_cost_kobo", "total_kobo")
    ) == [
        (product.public_id, "M", 2, 150_000, 90_000, 300_000),
        (cap.product.public_id, None, 1, 50_000, 90_000, 50_000),
    ]
    assert [line.product_snapshot["name"] for line in order.lines.all()] == ["Gown", cap.product.name]


@pytest.mark.django_db
def test_an_order_keeps_who_where_and_when() -> None:
    order = make_order(
        contact=Contact(name="Ada", email=None, phone="0803 123 4567"),
        actor=Actor(visitor_id="visitor-7", session_id="session-7"),
        campaign=Campaign(utm_source="instagram", utm_medium="social", utm_campaign="eid"),
    )

    assert (order.guest_email, order.guest_phone, order.contact_name) == (None, "+2348031234567", "Ada")
    assert (order.visitor_id, order.session_id) == ("visitor-7", "session-7")
    assert (order.utm_source, order.utm_medium, order.utm_campaign) == ("instagram", "social", "eid")
    assert (order.placed_at, order.is_test) == (NOON, False)
    assert list(OrderEvent.objects.values_list("kind", "from_state", "to_state", "occurred_at")) == [
        ("status", "", "placed", NOON)
    ]


@pytest.mark.django_db
def test_order_created_is_tracked(alice: User, facts: Facts) -> None:
    order = make_order(user=alice, actor=Actor(visitor_id="visitor-1", session_id="session-1"))

    assert facts("order.created") == [
        {
            "user_id": str(alice.pk),
            "visitor_id": "visitor-1",
            "session_id": "session-1",
            "order_ref": order.number,
            "value_kobo": 200_000,
            "occurred_at": NOON,
        }
    ]


@pytest.mark.django_db
def test_a_guest_without_a_visitor_id_is_one_of_their_own(facts: Facts) -> None:
    order = make_order(actor=Actor())

    assert order.visitor_id is None
    assert [fact["visitor_id"] for fact in facts("order.created")] == [f"guest-{order.number}"]


@pytest.mark.django_db
@pytest.mark.parametrize("columns", [{"is_staff": True}, {"is_test": True}])
def test_orders_of_staff_and_test_accounts_are_not_counted(columns: dict[str, bool]) -> None:
    order = make_order(user=UserFactory.create(**columns))

    assert order.is_test is True
    assert list(Order.objects.counted()) == []


@pytest.mark.django_db
def test_lines_of_one_variant_become_one() -> None:
    sku = VariantFactory.create().sku

    order = make_order(lines=[OrderItem(sku=sku, quantity=1), OrderItem(sku=sku, quantity=2)])

    assert [line.quantity for line in order.lines.all()] == [3]


@pytest.mark.django_db
def test_refusals_leave_nothing_behind() -> None:
    hidden = VariantFactory.create(product=ProductFactory.create(status=ProductStatus.DRAFT))
    dollars = VariantFactory.create(product=ProductFactory.create(currency="USD"))
    naira = VariantFactory.create()

    with pytest.raises(EmptyOrder):
        make_order(lines=[])
    with pytest.raises(NotForSale, match="NO-SUCH is not for sale"):
        make_order(lines=[OrderItem(sku=naira.sku, quantity=1), OrderItem(sku="NO-SUCH", quantity=1)])
    with pytest.raises(NotForSale, match=f"{hidden.sku} is not for sale"):
        make_order(lines=[OrderItem(sku=hidden.sku, quantity=1)])
    with pytest.raises(NotForSale, match="different currencies"):
        make_order(lines=[OrderItem(sku=naira.sku, quantity=1), OrderItem(sku=dollars.sku, quantity=1)])
    with pytest.raises(MissingContact):
        make_order(contact=Contact(name="Ada"))
    with pytest.raises(InvalidPhone):
        make_order(contact=Contact(phone="call me"))

    assert (Order.objects.count(), OrderLine.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_same_key_places_one_order(facts: Facts) -> None:
    lines = [OrderItem(sku=VariantFactory.create().sku, quantity=1)]

    first = make_order(lines=lines, idempotency_key="key-1")
    second = make_order(lines=lines, idempotency_key="key-1")

    assert first == second
    assert len(facts("order.created")) == 1


@pytest.mark.django_db
def test_a_key_of_another_order_is_refused() -> None:
    lines = [OrderItem(sku=VariantFactory.create().sku, quantity=1)]
    make_order(lines=lines, idempotency_key="key-1")

    with pytest.raises(KeyReused):
        make_order(lines=lines, idempotency_key="key-1", contact=Contact(email="charlie@example.com"))


@pytest.mark.django_db
def test_numbers_count_up_by_the_shop_year() -> None:
    # 23:30 UTC on New Year's Eve is already the new year in Lagos.
    eve = datetime(2031, 12, 31, 23, 30, tzinfo=UTC)

    numbers = [make_order(at=at).number for at in (datetime(2031, 6, 1, tzinfo=UTC), eve, eve)]

    assert numbers == ["ZUKA-2031-000001", "ZUKA-2032-000001", "ZUKA-2032-000002"]


@pytest.mark.django_db(transaction=True)
def test_the_first_orders_of_a_year_race() -> None:
    lines = [OrderItem(sku=VariantFactory.create().sku, quantity=1)]
    at = datetime(2033, 1, 2, tzinfo=UTC)

    numbers = in_threads(10, lambda: make_order(lines=lines, at=at).number)

    assert sorted(map(str, numbers)) == [f"ZUKA-2033-{n:06d}" for n in range(1, 11)]
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE commerce_order_number_2033")


@pytest.mark.django_db(transaction=True)
def test_one_key_in_ten_threads_places_one_order() -> None:
    lines = [OrderItem(sku=VariantFactory.create().sku, quantity=1)]

    numbers = in_threads(10, lambda: make_order(lines=lines, idempotency_key="key-1").number)

    assert set(numbers) == set(Order.objects.values_list("number", flat=True))
    assert Order.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [{"notes": "Ring twice."}, {"billing_address": {"city": "Abuja"}}, {"campaign": Campaign(utm_source="ig")}],
    ids=["notes", "billing address", "campaign"],
)
def test_a_key_is_not_reused_for_another_wish(other: dict[str, Any]) -> None:
    lines = [OrderItem(sku=VariantFactory.create().sku, quantity=1)]
    make_order(lines=lines, idempotency_key="key-1")

    with pytest.raises(KeyReused):
        make_order(lines=lines, idempotency_key="key-1", **other)
