"""Tax: in the prices or on top of them, by the address, a line at a time, to the kobo; kept as it was that day."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.orders.models import Order
from commerce.orders.services import OrderItem
from commerce.orders.services.placing import PriceChanged
from commerce.promotions.models import Coupon
from commerce.taxes.models import TaxRate
from commerce.taxes.services import Taxed, apply_rate, find_rate, part_of
from tests.commerce.accounts.doors import call
from tests.commerce.factories import ADDRESS, CategoryFactory, ProductFactory, VariantFactory, make_order
from tests.commerce.notifications.stories import texts
from tests.commerce.orders.stories import ask, delivered, receive

DB = pytest.mark.django_db
RATES = st.builds(TaxRate, basis_points=st.integers(0, 10_000), is_included=st.booleans(), for_delivery=st.booleans())


def vat(**changes: Any) -> TaxRate:
    return TaxRate.objects.create(**{"name": "VAT", "basis_points": 750, "is_included": True, **changes})


def basket() -> list[OrderItem]:
    """A gown of 333.33, twice, and a scarf of 100.01."""
    gown = VariantFactory.create(product=ProductFactory.create(price_kobo=33_333))
    scarf = VariantFactory.create(product=ProductFactory.create(price_kobo=10_001))
    return [OrderItem(gown.sku, 2), OrderItem(scarf.sku, 1)]


def delivery(kobo: int) -> None:
    ShippingRate.objects.create(zone=ShippingZone.objects.create(name="All"), name="Van", amount_kobo=kobo)


def sums(order: Order) -> tuple[int, int, int]:
    return order.tax_kobo, order.tax_included_kobo, order.total_kobo


def parts(order: Order) -> list[tuple[int, int]]:
    return list(order.lines.values_list("tax_kobo", "tax_included_kobo"))


@DB
def test_without_a_rate_there_is_no_tax() -> None:
    order = make_order(lines=basket())
    assert (sums(order), order.tax_title) == ((0, 0, 76_667), "")


@DB
def test_tax_that_is_in_the_prices_is_shown_and_not_added() -> None:
    vat()
    delivery(150_000)
    order = make_order(lines=basket())

    # 66,666 x 7.5 / 107.5 = 4,651.12; 10,001 x 7.5 / 107.5 = 697.74; 150,000 x 7.5 / 107.5 = 10,465.12
    assert (parts(order), sums(order), order.tax_title) == (
        [(0, 4_651), (0, 698)],
        (0, 4_651 + 698 + 10_465, 226_667),
        "VAT 7.5%",
    )


@DB
def test_tax_on_top_is_added_to_what_the_customer_pays() -> None:
    vat(is_included=False)
    delivery(150_000)
    order = make_order(lines=basket())

    # 4,999.95, 750.075 and 11,250
    assert (parts(order), sums(order)) == ([(5_000, 0), (750, 0)], (17_000, 0, 243_667))


@DB
@pytest.mark.parametrize("is_included", [True, False])
def test_what_a_coupon_takes_off_is_not_taxed(is_included: bool) -> None:
    vat(is_included=is_included)
    Coupon.objects.create(code="HALF", name="Half", kind="percentage", percent=50)
    order = make_order(lines=[OrderItem(VariantFactory.create().sku, 1)], coupon_codes=["HALF"])
    assert sums(order) == ((0, 6_977, 100_000) if is_included else (7_500, 0, 107_500))


@DB
def test_a_delivery_that_a_coupon_pays_is_not_taxed() -> None:
    vat(is_included=False)
    delivery(150_000)
    Coupon.objects.create(code="FREE", name="Free", kind="free_shipping")
    order = make_order(coupon_codes=["FREE"])
    assert sums(order) == (15_000, 0, 215_000)


@DB
def test_delivery_may_be_left_out() -> None:
    vat(is_included=False, for_delivery=False)
    delivery(150_000)
    assert sums(make_order()) == (15_000, 0, 365_000)


@DB
def test_goods_of_an_exempt_category_and_below_it_are_not_taxed() -> None:
    rate, books = vat(is_included=False), CategoryFactory.create()
    rate.exempt.add(books)
    below = CategoryFactory.create(parent=books)
    products = [ProductFactory.create(category=each) for each in (books, below, CategoryFactory.create())]
    order = make_order(lines=[OrderItem(VariantFactory.create(product=each).sku, 1) for each in products])
    assert parts(order) == [(0, 0), (0, 0), (15_000, 0)]


@DB
@pytest.mark.parametrize(
    ("address", "title"),
    [
        ({"country": "NG", "state": "Lagos"}, "VAT 7.5%"),
        ({"country": "NG", "state": "FCT"}, "City levy 2%"),
        ({"country": "NG", "state": " abuja "}, "City levy 2%"),
        ({"state": "Kano"}, "VAT 7.5%"),
        ({"country": "GH", "state": "Accra"}, None),
        ({}, "VAT 7.5%"),
    ],
)
def test_the_rate_of_a_state_goes_before_that_of_its_country(address: dict[str, str], title: str | None) -> None:
    vat()
    vat(name="City levy", basis_points=200, state="Abuja")
    vat(name="Old", is_active=False)
    found, _ = find_rate(address)
    assert (found.title if found else None) == title


@DB
def test_the_quote_says_what_the_order_costs_and_its_mail_too(alice: Any) -> None:
    vat(is_included=False)
    delivery(150_000)
    sku = VariantFactory.create().sku
    call(alice, "post", "cart/lines/", {"sku": sku})
    quote = call(alice, "post", "checkout/", {"state": "Lagos"}).json()
    total = quote["total"]["kobo"]

    body = {"shipping_address": ADDRESS, "payment_method": "cash_on_delivery", "expected_total_kobo": total}
    placed = call(alice, "post", "orders/", body).json()

    names = ("subtotal", "shipping", "discount", "tax", "tax_included", "tax_title", "total")
    assert {name: quote[name] for name in names} == {name: placed[name] for name in names}
    assert (quote["tax"]["display"], quote["tax_title"], total) == ("₦262.50", "VAT 7.5%", 376_250)
    assert "\nDelivery: ₦1,500.00\nVAT 7.5%: ₦262.50\nTotal: ₦3,762.50\n" in texts(Order.objects.get())[0][1]


@DB
def test_the_mail_says_what_of_the_total_is_tax() -> None:
    vat()
    assert "\nTotal: ₦2,000.00\nIncludes VAT 7.5%: ₦139.53\n" in texts(make_order())[0][1]


@DB
def test_a_rate_that_rises_while_somebody_pays_is_a_price_that_changed() -> None:
    vat(is_included=False)
    with pytest.raises(PriceChanged, match=r"Your order comes to ₦2,150\.00 now"):
        make_order(expected_total_kobo=200_000)


@DB
def test_orders_keep_the_tax_of_their_day() -> None:
    rate = vat()
    order = make_order()
    rate.basis_points = 1_000
    rate.save()
    order.refresh_from_db()
    assert (order.tax_title, order.tax_included_kobo) == ("VAT 7.5%", 13_953)


@DB
def test_tax_that_came_on_top_goes_back_with_what_it_was_paid_for() -> None:
    vat(is_included=False)
    order = delivered(2)
    worths = [receive(ask(order, 1, is_staff=True)).worth_kobo for _ in range(2)]
    assert (worths, order.total_kobo) == ([215_000, 215_000], 430_000)


@DB
@pytest.mark.parametrize(
    "changes", [{"basis_points": 10_001}, {"country": "Nigeria"}, {"state": ""}], ids=["rate", "country", "twice"]
)
def test_the_database_keeps_rates_sound(changes: dict[str, Any]) -> None:
    vat()
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        vat(**{"state": "Lagos", **changes})


@DB
def test_staff_keep_one_rate_a_place(staff_client: Client) -> None:
    vat(state="Abuja")
    form = {"name": "Levy", "country": "NG", "basis_points": "200", "is_active": "on", "is_included": "on"}

    twice = staff_client.post(reverse("admin:commerce_taxrate_add"), {**form, "state": "FCT"})
    once = staff_client.post(reverse("admin:commerce_taxrate_add"), {**form, "state": " Kano "})

    assert ("FCT has a rate already." in twice.content.decode(), once.status_code) == (True, 302)
    assert list(TaxRate.objects.order_by("id").values_list("name", "state")) == [("VAT", "Abuja"), ("Levy", "Kano")]
    asleep = {name: value for name, value in form.items() if name != "is_active"}
    assert staff_client.post(reverse("admin:commerce_taxrate_add"), {**asleep, "state": "FCT"}).status_code == 302
    page = staff_client.get(reverse("admin:commerce_taxrate_changelist")).content.decode()
    assert ("VAT 7.5%" in page, "Levy 2%" in page) == (True, True)


@given(kobo=st.integers(0, 10**12), rate=RATES)
def test_a_part_is_rounded_half_up_and_never_more_than_its_price(kobo: int, rate: TaxRate) -> None:
    points = Decimal(rate.basis_points)
    exact = Decimal(kobo) * points / (10_000 + points if rate.is_included else 10_000)
    part = part_of(kobo, rate)
    assert abs(part - exact) <= Decimal("0.5")
    assert 0 <= part <= kobo
    if exact * 2 == int(exact * 2):
        assert part == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(
    goods=st.lists(st.builds(Taxed, st.integers(0, 10**10), st.sampled_from([None, 1, 2])), max_size=6),
    delivery_kobo=st.integers(0, 10**7),
    rate=RATES,
)
def test_the_tax_of_an_order_is_the_sum_of_its_parts(goods: list[Taxed], delivery_kobo: int, rate: TaxRate) -> None:
    tax = apply_rate(rate=rate, goods=goods, delivery_kobo=delivery_kobo, exempt={2})

    assert tax.kobo == sum(tax.lines) + tax.delivery_kobo == tax.added_kobo + tax.included_kobo
    assert (tax.added_kobo == 0) or not rate.is_included
    assert [kobo for kobo, each in zip(tax.lines, goods, strict=True) if each.category_id == 2 and kobo] == []
    assert rate.for_delivery or tax.delivery_kobo == 0
    net = sum(each.kobo for each in goods) + delivery_kobo
    assert tax.included_kobo <= net
