"""What delivery costs and what is tax is read once a second, not once an order."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection

from commerce.catalog.models import Category
from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.delivery.services import find_offers
from commerce.orders.models import Order
from commerce.orders.services.placing import PriceChanged
from commerce.taxes.models import TaxRate
from commerce.taxes.services import Taxed, tax_of
from tests.commerce.factories import ADDRESS, VariantFactory, make_order
from zuka.platform import keeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def van() -> ShippingRate:
    """The one way to deliver."""
    zone = ShippingZone.objects.create(name="All")
    return ShippingRate.objects.create(zone=zone, name="Van", amount_kobo=150_000, min_days=1, max_days=3)


def fee() -> int:
    """What delivery costs."""
    return find_offers(address=ADDRESS, subtotal_kobo=1, currency="NGN")[0].price_kobo


def tax(category_id: int | None = None) -> int:
    """What of ₦1,075.00 of goods is tax."""
    return tax_of(address=ADDRESS, goods=[Taxed(107_500, category_id)], delivery_kobo=0).kobo


def test_rules_are_read_once(van: ShippingRate, django_assert_num_queries: Any) -> None:
    TaxRate.objects.create(name="VAT", basis_points=750)
    with django_assert_num_queries(4):  # zones, their rates, taxes, what these leave out
        assert (fee(), tax()) == (150_000, 7_500)
    with django_assert_num_queries(0):
        assert (fee(), tax()) == (150_000, 7_500)


def test_what_is_saved_here_holds_at_once(van: ShippingRate) -> None:
    vat, books = TaxRate.objects.create(name="VAT", basis_points=750), Category.objects.create(slug="b", name="Books")
    assert (fee(), tax(), tax(books.pk)) == (150_000, 7_500, 7_500)
    van.amount_kobo = 160_000
    van.save()
    vat.exempt.add(books)
    assert (fee(), tax(), tax(books.pk)) == (160_000, 7_500, 0)
    ShippingZone.objects.all().delete()
    TaxRate.objects.all().delete()
    assert (fee(), tax()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_another_process_saved_holds_when_the_second_is_over(
    van: ShippingRate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "FRESH_SECONDS", 0.2)
    VariantFactory.create()
    assert fee() == 150_000

    ShippingRate.objects.update(amount_kobo=150_001)  # no word of it comes here, as from elsewhere
    time.sleep(0.21)

    with pytest.raises(PriceChanged):
        make_order(expected_total_kobo=350_000)
    assert (fee(), Order.objects.count()) == (150_001, 0)


@pytest.mark.django_db(transaction=True)
def test_threads_that_come_at_once_have_the_same_rules(van: ShippingRate) -> None:
    found: list[int] = []

    def ask() -> None:
        found.append(fee())
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [150_000] * 8
