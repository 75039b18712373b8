"""What the pages of a customer and a product say beside their own columns."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_views
from commerce.accounts.models import User
from commerce.catalog.models import Product, ProductVariant
from commerce.orders.models import Order
from commerce.orders.services import cancel_order, confirm_order, pack_order, ship_order
from tests.commerce.factories import NOON, UserFactory, make_order
from tests.rollup.story import FRIDAY, SATURDAY, at, event, make_product, pay, place, refund
from zuka.platform.actor import Actor
from zuka.roles import ANALYST, SUPPORT

pytestmark = pytest.mark.django_db


def words(html: str) -> str:
    """Return the text of a piece of a page."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def panel(client: Client, thing: User | Product | Order, title: str) -> list[list[str]] | str:
    """Return the rows of a panel on a thing's page, or its one sentence; empty when the page has no such panel."""
    page = client.get(reverse(f"admin:commerce_{thing._meta.model_name}_change", args=[thing.pk])).content.decode()
    sections = re.findall(r'<section class="report-panel".*?</section>', page, re.DOTALL)
    found = next((each for each in sections if f">{title}</h2>" in each), "")
    rows = re.findall(r"<tr>.*?</tr>", found, re.DOTALL)
    if rows:
        return [[words(cell) for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", row, re.DOTALL)] for row in rows]
    return words(re.split(r"</header>|</h2>", found)[-1])


@pytest.fixture
def gown(alice: User) -> Product:
    """A product that a customer looked at and bought for ₦10,000 on Friday, ₦1,000 of it refunded on Saturday."""
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        product = make_product("gown", "Ankara gown")
        make_product("cap", "Fila cap")
        facts = {"visitor_id": "v1", "user_id": str(alice.pk), "source_key": uuid4()}
        event("page.viewed", at(FRIDAY, 10), page_path="/gown", **facts)
        event("product.viewed", at(FRIDAY, 10), product_ref="gown", **facts)
        refund_of = pay(place("gown", at(FRIDAY, 11), quantity=2, user=alice), at(FRIDAY, 12))
        refund(refund_of, at(SATURDAY, 9), 100_000)
        refund_of.refunded_kobo = 100_000
        refund_of.save(update_fields=["refunded_kobo"])
        fill_dirty()
    return product


@time_machine.travel(at(SATURDAY, 21), tick=False)
def test_a_products_page_says_how_it_sells(staff_client: Client, gown: Product) -> None:
    assert panel(staff_client, gown, "How it sells") == [
        ["", "Views", "Cart adds", "Orders", "Units", "Ordered value", "View → cart", "Conversion"],
        ["Total", "1", "0", "1", "2", "₦10,000.00", "0.0%", "100.0%"],
        ["Before: 18 Sep – 17 Oct 2026", "0", "0", "0", "0", "₦0.00", "–", "–"],
    ]
    assert panel(staff_client, Product.objects.get(slug="cap"), "How it sells") == "Nobody looked at it or ordered it."


@time_machine.travel(at(SATURDAY, 21), tick=False)
def test_a_customers_page_says_what_they_paid_and_when_they_came(
    staff_client: Client, gown: Product, alice: User, charlie: User
) -> None:
    worth = "Lifetime value"
    assert panel(staff_client, alice, worth) == "₦9,000.00 paid for 1 order, refunds taken off."
    assert panel(staff_client, charlie, worth) == "Nothing paid yet."
    assert panel(staff_client, alice, "Latest visits") == [
        ["When", "Outcome", "Order", "Ordered value", "Campaign", "Path"],
        ["Fri 20 Nov 2026, 10:00:00", "Bounced", "–", "–", "No campaign", "See path"],
    ]
    assert panel(staff_client, charlie, "Latest visits") == "No visits."
    assert panel(staff_client, charlie, "Worth until now") == "No order yet, or none that was counted yet."
    assert panel(staff_client, charlie, "Timeline") == "Nothing is known of them."
    refresh_views(at=at(SATURDAY, 21))
    assert panel(staff_client, alice, "Worth until now") == [
        ["Segment", "Orders", "Lifetime value", "Last 365 days", "First order", "Last order"],
        ["Lost", "1", "₦9,000.00", "₦9,000.00", "Fri 20 Nov 2026", "Fri 20 Nov 2026, 11:00:00"],
    ]
    came, bought = "Fri 20 Nov 2026, 10:00:00", Order.objects.get(user=alice).number
    assert panel(staff_client, alice, "Timeline") == [
        ["When", "Kind", "What", "Detail", "Order", "Value", "Visit"],
        ["Sat 21 Nov 2026, 09:00:00", "Payment", "Refund", "–", bought, "-₦1,000.00", "–"],
        ["Fri 20 Nov 2026, 12:00:00", "Payment", "Payment", "paystack", bought, "₦10,000.00", "–"],
        ["Fri 20 Nov 2026, 11:00:00", "Order", "Order placed", "–", bought, "₦10,000.00", "–"],
        [came, "Event", "Product viewed", "Ankara gown", "–", "–", "See path"],
        [came, "Visit", "1 page", "/gown", "–", "–", "See path"],
        [came, "Event", "Page viewed", "/gown", "–", "–", "See path"],
    ]


@time_machine.travel(at(SATURDAY, 21), tick=False)
def test_each_role_sees_its_panels(client: Client, gown: Product, alice: User) -> None:
    shown = {}
    for role in (SUPPORT, ANALYST):
        person = UserFactory.create(is_staff=True)
        person.groups.add(Group.objects.get(name=role.name))
        client.force_login(person)
        shown[role.name] = [
            bool(panel(client, *asked)) for asked in ((gown, "How it sells"), (alice, "Lifetime value"))
        ]
    assert shown == {"Support": [False, True], "Analyst": [True, False]}


@time_machine.travel(at(SATURDAY, 21), tick=False)
def test_three_orders_take_as_many_queries_as_one(staff_client: Client, gown: Product, alice: User) -> None:
    page = reverse("admin:commerce_user_change", args=[alice.pk])
    staff_client.get(page)
    with CaptureQueriesContext(connection) as one:
        staff_client.get(page)
    for _ in range(2):
        pay(place("gown", at(FRIDAY, 11), user=alice), at(FRIDAY, 12))
    with CaptureQueriesContext(connection) as three:
        staff_client.get(page)
    assert len(three) == len(one)


def test_an_orders_page_says_what_it_did_to_the_shelves(staff_client: Client) -> None:
    order = make_order()
    sku = ProductVariant.objects.get().sku
    held = panel(staff_client, order, "Stock")
    shipped = order
    for step in (confirm_order, pack_order, ship_order):
        shipped = step(order=shipped, at=NOON, actor=Actor())
    page = words(staff_client.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode())
    cancelled = cancel_order(order=make_order(), reason="", at=NOON, actor=Actor())

    assert held == "1 piece held for this order until it leaves."
    assert panel(staff_client, order, "Stock") == ""
    assert f"Moved by this order SKU Pieces Why By When {sku} -1 Shipped Zuka" in page
    Order.objects.filter(pk=cancelled.pk).update(shipped_at=NOON)
    older = "Its pieces left before the shop wrote down what moves its stock."
    assert panel(staff_client, Order.objects.get(pk=cancelled.pk), "Stock") == older
    Order.objects.filter(pk=cancelled.pk).update(shipped_at=None)
    assert panel(staff_client, cancelled, "Stock") == "Nothing is held for this order, and it has moved nothing."
