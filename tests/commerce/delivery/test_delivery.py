from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.delivery.services import FREE, NoDelivery, Offer, find_offers, find_zone, read_state
from commerce.orders.models import Order
from commerce.orders.services.placing import PriceChanged
from tests.commerce.factories import ADDRESS, VariantFactory, make_order
from zuka.platform.idempotency import KeyReused
from zuka.platform.keeping import forget_kept

JSON = "application/json"


def make_zone(name: str, states: list[str], *rates: tuple[str, int], **more: Any) -> ShippingZone:
    """A zone with rates: a name and kobo each."""
    zone = ShippingZone.objects.create(name=name, states=states, **more)
    for rate_name, amount_kobo in rates:
        ShippingRate.objects.create(zone=zone, name=rate_name, amount_kobo=amount_kobo, min_days=1, max_days=3)
    return zone


@pytest.fixture
def zones(db: None) -> dict[str, ShippingZone]:
    """Lagos by two ways, the capital and the rest of Nigeria by one."""
    return {
        "lagos": make_zone("Lagos", ["Lagos"], ("Motorbike", 300_000), ("Standard", 150_000)),
        "abuja": make_zone("Abuja", ["FCT Abuja", "Nasarawa"], ("Standard", 250_000)),
        "rest": make_zone("Rest of Nigeria", [], ("Standard", 400_000)),
    }


def rate_id(name: str) -> int:
    return ShippingRate.objects.get(zone__name="Lagos", name=name).pk


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Lagos", "lagos"),
        (" LAGOS  state ", "lagos"),
        ("Akwa-Ibom", "akwa ibom"),
        ("Akwa Ibom State.", "akwa ibom"),
        ("Abuja", "fct"),
        ("F.C.T., Abuja", "fct"),
        ("Federal Capital Territory", "fct"),
        ("", ""),
    ],
)
def test_people_write_states_in_many_ways(text: str, state: str) -> None:
    assert read_state(text) == state


@pytest.mark.parametrize(
    ("country", "state", "zone"),
    [
        ("NG", "lagos state", "Lagos"),
        ("NG", "Federal Capital Territory", "Abuja"),
        ("NG", "Kano", "Rest of Nigeria"),
        ("GH", "Lagos", None),
    ],
)
def test_the_zone_of_an_address(zones: Any, country: str, state: str, zone: str | None) -> None:
    found = find_zone(ShippingZone.objects.order_by("id"), country=country, state=state)

    assert (found.name if found else None) == zone


@pytest.mark.django_db
def test_a_shop_without_zones_delivers_everywhere_for_nothing() -> None:
    assert find_offers(address={"country": "GH", "state": "Accra"}, subtotal_kobo=1, currency="NGN") == [FREE]
    assert (make_order().shipping_kobo, make_order().estimated_delivery_date) == (0, None)


def test_offers_are_the_cheapest_first_and_free_from_a_worth_on(zones: Any) -> None:
    ShippingRate.objects.filter(name="Motorbike").update(free_from_kobo=1_000_000)
    bike, standard = rate_id("Motorbike"), rate_id("Standard")

    def offers(subtotal_kobo: int) -> list[Offer]:
        return find_offers(address=ADDRESS, subtotal_kobo=subtotal_kobo, currency="NGN")

    assert offers(999_999) == [Offer(standard, "Standard", 150_000, 1, 3), Offer(bike, "Motorbike", 300_000, 1, 3)]
    assert offers(1_000_000) == [Offer(bike, "Motorbike", 0, 1, 3), Offer(standard, "Standard", 150_000, 1, 3)]


def test_where_the_shop_does_not_deliver(zones: Any) -> None:
    ShippingZone.objects.filter(name="Rest of Nigeria").update(is_active=False)
    ShippingRate.objects.filter(zone__name="Abuja").update(is_active=False)

    for state in ("Kano", "Abuja"):
        with pytest.raises(NoDelivery) as refusal:
            make_order(shipping_address={**ADDRESS, "state": state})
        assert (refusal.value.message, refusal.value.field) == (
            f"We do not deliver to {state} yet.",
            "shipping_address.state",
        )
    with pytest.raises(NoDelivery):
        find_offers(address=ADDRESS, subtotal_kobo=1, currency="USD")
    assert Order.objects.count() == 0


def test_an_order_pays_for_its_delivery(zones: Any) -> None:
    order = make_order()
    by_bike = make_order(delivery_rate=rate_id("Motorbike"), expected_total_kobo=500_000)

    assert [
        (each.subtotal_kobo, each.shipping_kobo, each.total_kobo, each.shipping_method, each.estimated_delivery_date)
        for each in (order, by_bike)
    ] == [
        (200_000, 150_000, 350_000, "Standard", date(2026, 3, 13)),
        (200_000, 300_000, 500_000, "Motorbike", date(2026, 3, 13)),
    ]


def test_the_price_of_delivery_changed_meanwhile(zones: Any) -> None:
    sku = VariantFactory.create().sku
    ShippingRate.objects.update(amount_kobo=150_001)
    forget_kept()

    with pytest.raises(PriceChanged):
        make_order(expected_total_kobo=350_000)

    assert Order.objects.count() == 0
    assert VariantFactory._meta.model.objects.get(sku=sku).stock_reserved == 0


def test_a_way_that_the_address_is_not_offered(zones: Any) -> None:
    elsewhere = {**ADDRESS, "state": "Kano"}

    with pytest.raises(NoDelivery) as refusal:
        make_order(shipping_address=elsewhere, delivery_rate=rate_id("Motorbike"))

    assert refusal.value.field == "delivery_rate"


def test_another_way_is_another_order_under_the_same_key(zones: Any) -> None:
    from commerce.orders.services import OrderItem

    lines = [OrderItem(VariantFactory.create().sku, 1)]
    first = make_order(lines=lines, idempotency_key="k", delivery_rate=rate_id("Motorbike"))

    assert make_order(lines=lines, idempotency_key="k", delivery_rate=rate_id("Motorbike")).pk == first.pk
    with pytest.raises(KeyReused):
        make_order(lines=lines, idempotency_key="k", delivery_rate=rate_id("Standard"))


def money(kobo: int) -> dict[str, Any]:
    return {"kobo": kobo, "currency": "NGN", "display": f"₦{kobo // 100:,}.00"}


def test_the_quote_and_the_order_through_the_api(client: Client, zones: Any) -> None:
    sku, bike, standard = VariantFactory.create().sku, rate_id("Motorbike"), rate_id("Standard")
    token = client.post("/api/v1/cart/lines/", {"sku": sku}, content_type=JSON).json()["token"]
    headers = {"X-Zuka-Cart": token}

    def quote(**where: Any) -> Any:
        return client.post("/api/v1/checkout/", where, content_type=JSON, headers=headers).json()

    def prices(answer: Any) -> tuple[Any, ...]:
        return answer["subtotal"]["kobo"], answer["shipping"]["kobo"], answer["total"]["kobo"]

    unknown, known, chosen = quote(), quote(state="Lagos"), quote(state="Lagos", delivery_rate=bike)
    assert (prices(unknown), unknown["delivery_options"]) == ((200_000, 0, 200_000), [])
    assert (prices(known), known["delivery_options"]) == (
        (200_000, 150_000, 350_000),
        [
            {"id": standard, "name": "Standard", "price": money(150_000), "min_days": 1, "max_days": 3},
            {"id": bike, "name": "Motorbike", "price": money(300_000), "min_days": 1, "max_days": 3},
        ],
    )
    assert prices(chosen) == (200_000, 300_000, 500_000)
    assert quote(state="Lagos", delivery_rate=999_999)["code"] == "no_delivery"

    body = {
        "contact": {"email": "ada@example.com"},
        "shipping_address": ADDRESS,
        "payment_method": "cash_on_delivery",
        "delivery_rate": bike,
        "expected_total_kobo": chosen["total"]["kobo"],
    }
    placed = client.post("/api/v1/orders/", body, content_type=JSON, headers=headers)
    assert (placed.status_code, placed.json()["shipping"], placed.json()["shipping_method"]) == (
        201,
        money(300_000),
        "Motorbike",
    )
    assert placed.json()["total"]["kobo"] == 500_000


def test_two_zones_cannot_both_have_a_state(staff_client: Client, zones: dict[str, ShippingZone]) -> None:
    url = reverse("admin:commerce_shippingzone_add")
    rates = {"rates-TOTAL_FORMS": 0, "rates-INITIAL_FORMS": 0}
    form = {"name": "Lagos again", "country": "NG", "states": "Ogun, lagos state", "is_active": "on", **rates}

    refused = staff_client.post(url, form)
    added = staff_client.post(url, {**form, "states": "Ogun, Oyo"})

    assert "lagos state belongs to Lagos." in refused.content.decode()
    assert (added.status_code, ShippingZone.objects.get(name="Lagos again").states) == (302, ["Ogun", "Oyo"])


def test_the_list_of_zones_takes_as_many_queries_for_three_as_for_one(
    staff_client: Client, zones: Any, django_assert_num_queries: Any
) -> None:
    url = reverse("admin:commerce_shippingzone_changelist")
    staff_client.get(url)
    with django_assert_num_queries(7):
        content = staff_client.get(url).content.decode()
    ShippingZone.objects.exclude(name="Lagos").delete()
    with django_assert_num_queries(7):
        staff_client.get(url)

    assert "the rest of the country" in content
