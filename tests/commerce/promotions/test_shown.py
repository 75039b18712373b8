"""Several codes as customers and staff see them: the API, the mail, the invoice, the order's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commerce.orders.models import Order
from commerce.orders.services import invoice_of
from commerce.promotions.models import Coupon, CouponKind
from tests.commerce.factories import ADDRESS, VariantFactory
from tests.commerce.notifications.stories import texts
from tests.commerce.orders.test_papers import pages
from tests.commerce.promotions.stories import JSON, make_coupon, order_with

ORDER = {
    "contact": {"email": "ada@example.com"},
    "shipping_address": ADDRESS,
    "payment_method": "cash_on_delivery",
}


@pytest.fixture
def codes(db: None) -> None:
    """Two codes that may be used together, and one that may not."""
    make_coupon("TEN", stackable=True)
    make_coupon("NAIRA", stackable=True, kind=CouponKind.FIXED, amount_kobo=70_000)
    make_coupon("ALONE")


def shopper(client: Client) -> Any:
    """A guest with one product in the cart."""
    added = client.post("/api/v1/cart/lines/", {"sku": VariantFactory.create().sku}, content_type=JSON).json()
    headers = {"X-Zuka-Cart": added["token"]}
    return lambda path, **said: client.post(f"/api/v1/{path}/", said, content_type=JSON, headers=headers)


def kobo(coupons: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(each["code"], each["discount"]["kobo"]) for each in coupons]


def test_quotes_and_orders_take_several_codes_by_the_same_rules(client: Client, codes: None) -> None:
    send = shopper(client)
    both = [("TEN", 20_000), ("NAIRA", 70_000)]

    quote = send("checkout", coupon_codes=["naira", "ten"]).json()
    assert (kobo(quote["coupons"]), quote["coupon_code"], quote["discount"]["kobo"]) == (both, "TEN", 90_000)
    assert kobo(send("checkout", coupon_code="naira").json()["coupons"]) == [("NAIRA", 70_000)]
    assert kobo(send("checkout").json()["coupons"]) == []

    changed = send("orders", **ORDER, coupon_codes=["ten"], expected_total_kobo=quote["total"]["kobo"])
    assert (changed.status_code, changed.json()["code"]) == (409, "price_changed")
    placed = send("orders", **ORDER, coupon_codes=["ten", "naira"], expected_total_kobo=quote["total"]["kobo"])
    assert (placed.status_code, kobo(placed.json()["coupons"])) == (201, both)
    assert placed.json()["coupon_code"] == "TEN"
    token = {"token": placed.json()["access_token"]}
    assert kobo(client.get(f"/api/v1/orders/{placed.json()['number']}/", token).json()["coupons"]) == both


def test_the_api_names_the_code_that_it_refuses(client: Client, codes: None) -> None:
    send = shopper(client)
    refusal = {
        "code": "coupon_not_combinable",
        "message": "ALONE cannot be combined with other codes. Use it alone, or take it out to use TEN.",
        "field": "coupon_codes.1",
    }

    assert send("checkout", coupon_codes=["TEN", "ALONE"]).json() == refusal
    assert send("orders", **ORDER, coupon_codes=["TEN", "ALONE"]).json() == refusal
    twice = send("checkout", coupon_code="TEN", coupon_codes=["NAIRA"])
    assert (twice.status_code, twice.json()) == (
        400,
        {"code": "invalid", "message": "Write all codes in coupon_codes, or one here.", "field": "coupon_code"},
    )


def test_mail_invoice_and_the_order_s_page_name_each_code(staff_client: Client, codes: None) -> None:
    order = order_with("NAIRA", "TEN")

    [(_, text)] = texts(order)
    assert "Discount TEN: -₦200.00\nDiscount NAIRA: -₦700.00\n" in text
    [lines] = pages(invoice_of(order).content)
    assert lines[lines.index("Subtotal ₦2,000.00") + 1 :][:2] == ["Discount TEN -₦200.00", "Discount NAIRA -₦700.00"]
    page = staff_client.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()
    assert "₦900.00 (TEN ₦200.00, NAIRA ₦700.00)" in page
    Order.objects.update(coupons=[], coupon_code=None, discount_kobo=0, total_kobo=200_000)
    page = staff_client.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()
    assert "(TEN" not in page


def test_staff_say_that_a_code_may_be_used_with_others(staff_client: Client, db: None) -> None:
    coupon = make_coupon()
    url = reverse("admin:commerce_coupon_change", args=[coupon.pk])
    none = {"redemptions-TOTAL_FORMS": 0, "redemptions-INITIAL_FORMS": 0, "for_all_goods": "on"}
    form = {"code": "TEN", "name": "Ten", "kind": "percentage", "percent": "10", "is_active": "on", **none}

    assert staff_client.post(url, {**form, "stackable": "on"}).status_code == 302
    assert list(Coupon.objects.values_list("stackable", flat=True)) == [True]


def test_a_quote_of_three_codes_takes_as_many_queries_as_one(
    client: Client, codes: None, django_assert_num_queries: Any
) -> None:
    make_coupon("FREE", stackable=True, kind=CouponKind.FREE_SHIPPING)
    send = shopper(client)
    send("checkout", coupon_codes=["TEN", "NAIRA", "FREE"])

    for known in (["TEN"], ["TEN", "NAIRA", "FREE"]):
        with django_assert_num_queries(5):
            assert len(send("checkout", coupon_codes=known).json()["coupons"]) == len(known)
