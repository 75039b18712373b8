"""Invoices and packing slips: what they say is read back from the PDF."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from commerce.accounts.models import User
from commerce.catalog.models import ProductVariant
from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.orders.models import Order
from commerce.orders.services import (
    Contact,
    OrderItem,
    Paper,
    access_token,
    cancel_order,
    collect_cash,
    invoice_of,
    packing_slip_of,
    ship_order,
)
from commerce.promotions.models import Coupon
from commerce.taxes.models import TaxRate
from tests.commerce.accounts.doors import call
from tests.commerce.factories import ADDRESS, ProductFactory, VariantFactory, make_order
from tests.commerce.orders.stories import STAFF, packed, ship
from zuka.platform.papers.sheet import font_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SHOP_NAME, settings.SHOP_ADDRESS = "Ada's Shop", "12 Allen Avenue, Ikeja"
    settings.SHOP_TAX_NUMBER = "TIN 01234567"


def pages(content: bytes) -> list[list[str]]:
    """The lines of text of each page."""
    return [page.extract_text().splitlines() for page in PdfReader(io.BytesIO(content)).pages]


def words(paper: Paper) -> str:
    return "\n".join("\n".join(lines) for lines in pages(paper.content))


def gown(**names: Any) -> ProductVariant:
    product = ProductFactory.create(name=names.pop("name", "Adire gown"), price_kobo=450_050)
    return VariantFactory.create(product=product, **{"sku": "GOWN-M", "size": "M", "colour": "indigo", **names})


def test_an_invoice_says_what_was_bought_and_what_it_costs() -> None:
    TaxRate.objects.create(name="VAT", basis_points=750)
    ShippingRate.objects.create(zone=ShippingZone.objects.create(name="All"), name="Van", amount_kobo=150_000)
    Coupon.objects.create(code="TEN", name="Ten", kind="percentage", percent=10)
    order = make_order(lines=[OrderItem(gown().sku, 2)], coupon_codes=["TEN"])

    paper = invoice_of(order)

    [lines] = pages(paper.content)
    assert paper.filename == f"invoice-{order.number}.pdf"
    assert lines == [
        f"Ada's Shop Invoice {order.number}",
        f"Order {order.number}",
        "Date 10 March 2026",
        "Paid by Cash on delivery",
        "Status Unpaid",
        "Billed to",
        "Ada Obi",
        "12 Allen Avenue",
        "Ikeja, Lagos",
        "ada@example.com",
        "Delivered to",
        "Ada Obi",
        "12 Allen Avenue",
        "Ikeja, Lagos",
        "Product Pieces Price Total",
        "Adire gown (M, indigo)",
        "GOWN-M 2 ₦4,500.50 ₦9,001.00",
        "Subtotal ₦9,001.00",
        "Discount TEN -₦900.10",
        "Delivery ₦1,500.00",
        "Total ₦9,600.90",
        "Includes VAT 7.5% ₦669.83",
        "To pay ₦9,600.90",
        "Ada's Shop · 12 Allen Avenue, Ikeja · TIN 01234567 Page 1 of 1",
    ]


def test_an_invoice_says_what_was_paid_and_a_tax_on_top() -> None:
    TaxRate.objects.create(name="VAT", basis_points=750, is_included=False)
    order = ship_order(order=packed(1), **STAFF)
    collect_cash(order=order, **STAFF)
    text = words(invoice_of(Order.objects.get()))
    assert "VAT 7.5% ₦150.00\nTotal ₦2,150.00\nPaid ₦2,150.00\n" in text
    assert ("To pay" in text, "Status Paid" in text) == (False, True)


def test_an_order_that_was_cancelled_is_not_to_be_paid() -> None:
    order = cancel_order(order=make_order(), reason="no", **STAFF)
    assert "To pay" not in words(invoice_of(order))


def test_a_courier_needs_the_whole_address_also_where_it_looks_like_a_link() -> None:
    address = {**ADDRESS, "street_address": "Opp. St.John church, Allen Avenue"}
    order = make_order(shipping_address=address)
    for paper in (packing_slip_of(order), invoice_of(order)):
        assert "Ada Obi\nOpp. St.John church, Allen Avenue\nIkeja, Lagos" in words(paper)


def test_a_packing_slip_says_what_is_in_the_parcel_and_no_price() -> None:
    order = packed(2, 1, notes="Ring twice")
    shipment = ship(order, 1, 0, courier="GIG", tracking_number="T-1")
    names = [line.name for line in order.lines.all()]

    first, rest = packing_slip_of(order, shipment), packing_slip_of(order)

    assert (first.filename, rest.filename) == (
        f"packing-slip-{order.number}-1.pdf",
        f"packing-slip-{order.number}.pdf",
    )
    assert [name in words(first) for name in names] == [True, False]
    assert [name in words(rest) for name in names] == [True, True]
    assert "Courier GIG · T-1\nCash to collect ₦2,000.00\nDeliver to\nAda Obi" in words(first)
    assert "Note Ring twice" in words(first)
    assert "₦" not in words(first).replace("collect ₦2,000.00", "")
    assert "Cash to collect ₦4,000.00\n" in words(rest)


def test_the_same_order_twice_is_the_same_file() -> None:
    order = make_order()
    assert [make(order).content == make(order).content for make in (invoice_of, packing_slip_of)] == [True, True]


def test_fonts_are_read_once_and_nothing_is_logged_of_them(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    order = make_order()
    invoice_of(order)
    read_before = font_file.cache_info().misses
    packing_slip_of(order)
    assert (font_file.cache_info().misses, read_before) == (2, 2)
    assert [each.message for each in caplog.records if each.name.startswith("fontTools")] == []


def test_fifty_lines_go_on_over_pages_under_the_same_head() -> None:
    order = make_order(lines=[OrderItem(VariantFactory.create().sku, 1) for _ in range(50)])

    found = pages(invoice_of(order).content)

    assert len(found) > 1
    assert [lines.count("Product Pieces Price Total") for lines in found] == [1] * len(found)
    assert [lines[-1].rpartition("Page ")[2] for lines in found] == [
        f"{at} of {len(found)}" for at in range(1, len(found) + 1)
    ]
    text = "\n".join("\n".join(lines) for lines in found)
    assert [line.name for line in order.lines.all() if f"{line.name}\n" not in text] == []
    assert "Total ₦100,000.00" in found[-1]


@pytest.mark.parametrize(
    "name",
    ["Ẹgbẹ́ aṣọ òkè for Ọmọlará’s ₦aira “wedding” – size ≥ 12", "Gown " * 60, "Unbroken" * 40, "汉字 🧵 \x07 gown"],
    ids=["letters", "long", "unbroken", "unknown"],
)
def test_any_name_has_its_place(name: str) -> None:
    variant = gown(name=name[:200].replace("\x07", ""))
    address = {**ADDRESS, "recipient_name": name[:200].strip(), "street_address": "12 Allen " * 30}
    order = make_order(lines=[OrderItem(variant.sku, 1)], shipping_address=address, contact=Contact(email="a@b.ng"))

    text = words(invoice_of(order)) + words(packing_slip_of(order))

    assert "Total ₦4,500.50" in text
    if name.startswith("Ẹgbẹ́"):
        assert "₦aira" in text.replace("\n", " ")


def test_owners_and_holders_of_the_token_read_the_invoice_and_nobody_else(
    client: Client, alice: User, charlie: User
) -> None:
    order, guests = make_order(user=alice), make_order()
    url = f"/api/v1/orders/{guests.number}/invoice/"

    own = call(alice, "get", f"orders/{order.number}/invoice/")
    signed = client.get(url, {"token": access_token(guests)}, headers={"Accept": "application/pdf"})
    others = [
        call(charlie, "get", f"orders/{order.number}/invoice/"),
        client.get(url),
        client.get(url, {"token": access_token(order)}),
        client.get(url, headers={"Accept": "application/pdf"}),
    ]

    assert [(each.status_code, each["Content-Type"]) for each in (own, signed)] == [(200, "application/pdf")] * 2
    assert own["Content-Disposition"] == f'attachment; filename="invoice-{order.number}.pdf"'
    assert signed["Cache-Control"] == "private, no-store"
    assert (own.content, [each.status_code for each in others]) == (invoice_of(order).content, [404] * 4)


def test_staff_open_papers_from_the_order_and_the_parcel(staff_client: Client) -> None:
    order = packed(2)
    shipment = ship(order, 1)
    links = [
        reverse("admin:commerce_order_invoice", args=[order.pk]),
        reverse("admin:commerce_order_packing_slip", args=[order.pk]),
        reverse("admin:commerce_shipment_packing_slip", args=[shipment.pk]),
    ]

    page = staff_client.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()
    parcel = staff_client.get(reverse("admin:commerce_shipment_change", args=[shipment.pk])).content.decode()
    answers = [staff_client.get(link) for link in links]

    assert [link in page for link in links] == [True, True, False]
    assert links[2] in parcel
    assert [answer["Content-Disposition"] for answer in answers] == [
        f'inline; filename="invoice-{order.number}.pdf"',
        f'inline; filename="packing-slip-{order.number}.pdf"',
        f'inline; filename="packing-slip-{order.number}-1.pdf"',
    ]
    assert Client().get(links[0]).status_code == 302


def test_an_invoice_takes_as_many_queries_for_three_lines_as_for_one(django_assert_num_queries: Any) -> None:
    for rows in (1, 3):
        order = Order.objects.with_parts().get(pk=packed(*[1] * rows).pk)
        with django_assert_num_queries(6):
            invoice_of(order)


def test_a_later_day_changes_nothing_of_an_invoice(time_machine: Any) -> None:
    order = make_order()
    before = invoice_of(order).content
    time_machine.move_to(order.placed_at + timedelta(days=400))
    assert invoice_of(order).content == before


def test_a_slip_of_the_whole_order_names_the_cash_alone() -> None:
    order = packed(2)
    ship_order(order=order, **STAFF)
    assert "Cash to collect ₦4,000.00\nDeliver to" in words(packing_slip_of(order, order.shipments.get()))
