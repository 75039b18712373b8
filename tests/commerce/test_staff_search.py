"""One search of the whole back office, and the same ways of looking in each list."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import User
from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import Contact, pay_order, refund_payment
from commerce.payments.models import Provider, Refund
from commerce.promotions.models import Coupon, CouponKind
from tests.commerce.factories import NOON, ProductFactory, UserFactory, VariantFactory, make_order
from zuka.platform.actor import Actor
from zuka.roles import ANALYST

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOON)]
NOBODY = Actor()


def found(client: Client, words: str) -> list[tuple[str, str]]:
    """Return title and detail of what the search of everything shows."""
    page = client.get(reverse("admin:search"), {"s": words, "extended": "1"}).content.decode()
    rows = re.findall(r'data-title="(.*?)"\s+data-description="(.*?)"', page)
    return [(unescape(title), unescape(detail)) for title, detail in rows]


@pytest.fixture
def shop(alice: User) -> Order:
    """A shop with a customer's paid and partly refunded order, a guest's, a product and a coupon; the customer's."""
    User.objects.filter(pk=alice.pk).update(phone="+2348031234567")
    gown = ProductFactory.create(name="Ankara gown", sku="GOWN", public_id="p_abc")
    VariantFactory.create(product=gown, sku="GOWN-RED-M")
    make_order(contact=Contact(name="Bola Ade", email="bola@mail.example", phone="0809 111 2222"))
    order = make_order(user=alice, payment_method=PaymentMethod.PAYSTACK, contact=Contact(name="Alice Obi"))
    payment = pay_order(
        order=order, provider=Provider.PAYSTACK, reference="T-77", amount_kobo=200_000, at=NOON, actor=NOBODY
    )
    refund_payment(payment=payment, amount_kobo=50_000, reason="", at=NOON, actor=NOBODY)
    Coupon.objects.create(
        code="ANKARA10", name="Ten off", kind=CouponKind.PERCENTAGE, percent=10, valid_from=NOON, for_all_goods=True
    )
    return order


PERSON = ("Alice", "customer · alice@example.com · +2348031234567")
HERS = ("{order}", "Alice Obi · ₦2,000.00 · Paid")
GUESTS = ("{guest}", "Bola Ade · ₦2,000.00 · Pending")
PAYMENT = ("paystack T-77", "payment · ₦2,000.00 · Partially Refunded")
REFUND = ("Refund {refund}", "refund · ₦500.00 · Succeeded")
GOWN = ("Ankara gown", "product")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("{order}", [HERS, PAYMENT, REFUND]),
        ("{order_lower}", [HERS, PAYMENT, REFUND]),
        ("{order_digits}", [HERS, PAYMENT, REFUND]),
        ("T-77", [HERS, PAYMENT, REFUND]),
        ("alice@example.com", [HERS, PERSON]),
        ("0803 123 4567", [HERS, PERSON]),
        (" ALICE ", [HERS, PERSON]),
        ("bola@mail", [GUESTS]),
        ("+2348091112222", [GUESTS]),
        ("GOWN-RED", [GOWN]),
        ("p_abc", [GOWN]),
        ("ankara", [GOWN, ("ANKARA10", "coupon")]),
        ("refunds", [("Refunds of plans", "Subscriptions"), ("Refunds", "Payments")]),
        ("zz", []),
        ("no such thing", []),
        ("\0", []),
        ("%", []),
        ("9" * 5000, []),
    ],
)
def test_a_thing_is_found_by_what_staff_have_in_hand(
    staff_client: Client, shop: Order, words: str, expected: list[tuple[str, str]]
) -> None:
    names = {
        "order": shop.number,
        "order_lower": shop.number.lower(),
        "order_digits": str(int(shop.number.rsplit("-", 1)[1])),
        "refund": str(Refund.objects.get().pk),
        "guest": Order.objects.get(user=None).number,
    }

    answer = found(staff_client, words.format(**names))

    assert answer == [(title.format(**names), detail) for title, detail in expected]


def test_nothing_typed_finds_nothing(staff_client: Client) -> None:
    assert staff_client.get(reverse("admin:search"), {"s": " ", "extended": "1"}).content == b""


def test_only_what_a_person_may_see_is_found(client: Client, shop: Order) -> None:
    analyst = UserFactory.create(is_staff=True)
    analyst.groups.add(Group.objects.get(name=ANALYST.name))
    client.force_login(analyst)

    assert {words: found(client, words) for words in (shop.number, "alice", "ankara")} == {
        shop.number: [],
        "alice": [],
        "ankara": [GOWN],
    }


def test_strangers_find_nothing(client: Client, shop: Order) -> None:
    answer = client.get(reverse("admin:search"), {"s": shop.number, "extended": "1"})
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_the_box_of_a_list_finds_the_same_and_says_what_it_takes(staff_client: Client, shop: Order) -> None:
    page = reverse("admin:commerce_order_changelist")
    lists = {words: staff_client.get(page, {"q": words}).context["cl"] for words in ("T-77", "bola", "nobody", "")}
    assert {words: [order.pk for order in shown.queryset] for words, shown in lists.items()} == {
        "T-77": [shop.pk],
        "bola": [Order.objects.get(user=None).pk],
        "nobody": [],
        "": list(Order.objects.order_by("-id").values_list("pk", flat=True)),
    }
    assert lists[""].search_help_text == (
        "By number, the customer's e-mail, phone or name, their account's, a payment's reference."
    )


def test_three_found_orders_take_as_many_queries_as_one(staff_client: Client, shop: Order) -> None:
    found(staff_client, "alice")
    with CaptureQueriesContext(connection) as one:
        assert len(found(staff_client, "alice")) == 2
    for _ in range(2):
        make_order(user=shop.user)
    with CaptureQueriesContext(connection) as three:
        assert len(found(staff_client, "alice")) == 4
    assert len(three) == len(one)
