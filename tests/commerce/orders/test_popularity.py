from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from analytics.ask import ask
from analytics.store.models import RollupProduct
from commerce.catalog.models import Product
from commerce.catalog.services import keep_popularity
from commerce.orders.models import Order, OrderStatus
from commerce.orders.services import OrderItem, popularity, refresh_popularity
from commerce.tasks import refresh_popularity as job
from tests.commerce.factories import NOON, ProductFactory, VariantFactory, make_order
from zuka.platform.clock import local_day

pytestmark = pytest.mark.django_db


def buy(product: Product, quantity: int, **columns: Any) -> None:
    """Order pieces of a product."""
    sku = (product.variants.first() or VariantFactory.create(product=product)).sku
    order = make_order(lines=[OrderItem(sku=sku, quantity=quantity)])
    Order.objects.filter(pk=order.pk).update(**columns)


def look(ref: str, views: int, *, day: date | None = None, currency: str = "NGN") -> None:
    """Write a day's views of a product."""
    zeros = dict.fromkeys(("viewers", "cart_adds", "cart_units", "orders", "units", "revenue_kobo"), 0)
    day = day or local_day(NOON)
    RollupProduct.objects.create(day=day, product_ref=ref, currency=currency, views=views, **zeros)


def counts() -> dict[str, tuple[int, int]]:
    rows = Product.objects.values_list("name", "purchase_count", "view_count")
    return {name: (bought, seen) for name, bought, seen in rows}


def test_pieces_are_the_ledgers_and_views_those_of_a_year(client: Client) -> None:
    gown, cap, bag = (
        ProductFactory.create(name=name, public_id=f"p_{name.lower()}") for name in ("Gown", "Cap", "Bag")
    )
    buy(gown, 2)
    buy(gown, 1, placed_at=NOON - timedelta(days=900))
    buy(cap, 4)
    buy(bag, 3, is_test=True)
    buy(bag, 3, status=OrderStatus.CANCELLED)
    buy(bag, 3, status=OrderStatus.EXPIRED)
    look("p_gown", 3)
    look("p_gown", 2, currency="USD")
    look("p_gown", 5, day=local_day(NOON) - timedelta(days=364))
    look("p_cap", 7, day=local_day(NOON) - timedelta(days=365))
    look("p_unknown", 8)

    assert refresh_popularity(at=NOON) == 2
    assert counts() == {"Gown": (3, 10), "Cap": (4, 0), "Bag": (0, 0)}

    listed = client.get("/api/v1/products/", {"ordering": "popular"}).json()["results"]
    assert [each["name"] for each in listed] == ["Cap", "Gown", "Bag"]


def test_only_what_changed_is_written_and_pages_that_are_kept_stay(
    client: Client, django_assert_num_queries: Any
) -> None:
    gown, cap = (ProductFactory.create(name=name, slug=name.lower()) for name in ("Gown", "Cap"))
    Product.objects.filter(pk=gown.pk).update(purchase_count=5, view_count=5)
    before = client.get("/api/v1/products/cap/")

    assert keep_popularity(purchases={}, views={}) == 1
    assert counts() == {"Gown": (0, 0), "Cap": (0, 0)}
    assert keep_popularity(purchases={}, views={}) == 0

    with django_assert_num_queries(1):
        assert client.get("/api/v1/products/cap/").json() == before.json()
    assert keep_popularity(purchases={cap.pk: 1}, views={}) == 1
    assert client.get("/api/v1/products/cap/", headers={"If-None-Match": before["ETag"]}).status_code == 304


def test_views_are_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        look(f"p_{number}", number + 1)
    look("p_none", 0)
    monkeypatch.setattr(popularity, "ROWS_AT_ONCE", 2)

    assert popularity.count_views(at=NOON) == {f"p_{number}": number + 1 for number in range(5)}
    days = {"from": f"{local_day(NOON)}", "to": f"{local_day(NOON)}"}
    assert ask("product_views", **days, after="p_2").rows == [("p_3", 4), ("p_4", 5)]


def test_the_job_runs() -> None:
    product = ProductFactory.create()
    buy(product, 2)

    job()

    assert Product.objects.get(pk=product.pk).purchase_count == 2
