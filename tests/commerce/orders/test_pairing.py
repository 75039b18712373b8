from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from commerce.catalog.indexes import RelatedProduct
from commerce.catalog.models import Product, ProductStatus
from commerce.orders.models import Order, OrderStatus
from commerce.orders.services import OrderItem, refresh_related_products
from tests.commerce.factories import NOON, BrandFactory, CategoryFactory, ProductFactory, VariantFactory, make_order

pytestmark = pytest.mark.django_db


def buy(*products: Product, **columns: Any) -> Order:
    """Order a piece of each product together."""
    skus = [(product.variants.first() or VariantFactory.create(product=product)).sku for product in products]
    order = make_order(lines=[OrderItem(sku=sku, quantity=1) for sku in skus])
    Order.objects.filter(pk=order.pk).update(**columns)
    return order


def pairs() -> set[tuple[str, str, int]]:
    return set(RelatedProduct.objects.values_list("product__name", "other__name", "orders"))


def related(client: Client, product: Product) -> list[str]:
    answer = client.get(f"/api/v1/products/{product.slug}/related/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=60")
    return [each["name"] for each in answer.json()]


def test_what_was_bought_together_is_paired_both_ways_and_counted_anew() -> None:
    gown, cap, bag = (ProductFactory.create(name=name) for name in ("Gown", "Cap", "Bag"))
    first = buy(gown, cap)
    buy(gown, cap, bag)
    buy(gown, gown)

    assert (refresh_related_products(at=NOON), refresh_related_products(at=NOON + timedelta(hours=1))) == (6, 6)
    assert pairs() == {
        *{("Gown", "Cap", 2), ("Cap", "Gown", 2), ("Gown", "Bag", 1)},
        *{("Bag", "Gown", 1), ("Cap", "Bag", 1), ("Bag", "Cap", 1)},
    }

    Order.objects.exclude(pk=first.pk).update(is_test=True)
    refresh_related_products(at=NOON + timedelta(hours=2))
    assert pairs() == {("Gown", "Cap", 1), ("Cap", "Gown", 1)}


@pytest.mark.parametrize(
    "columns",
    [
        {"is_test": True},
        {"status": OrderStatus.CANCELLED},
        {"status": OrderStatus.EXPIRED},
        {"placed_at": NOON - timedelta(days=366)},
    ],
)
def test_orders_that_came_to_nothing_pair_nothing(columns: dict[str, Any]) -> None:
    buy(ProductFactory.create(), ProductFactory.create(), **columns)

    assert refresh_related_products(at=NOON) == 0


def test_a_product_has_twelve_companions_at_most() -> None:
    often = ProductFactory.create(name="Often")
    buy(often, *(ProductFactory.create() for _ in range(13)))
    buy(often, Product.objects.order_by("id")[1])

    refresh_related_products(at=NOON)

    kept = list(RelatedProduct.objects.filter(product=often).order_by("-orders").values_list("orders", flat=True))
    assert kept == [2] + [1] * 11


def test_no_product_goes_with_itself() -> None:
    product = ProductFactory.create()
    with transaction.atomic(), pytest.raises(IntegrityError, match="related_product_not_itself"):
        RelatedProduct.objects.create(product=product, other=product, orders=1, counted_at=NOON)


def test_related_products_are_bought_together_then_alike_and_in_stock_first(client: Client) -> None:
    gowns, brand = CategoryFactory.create(), BrandFactory.create()
    gown = ProductFactory.create(name="Gown", category=gowns, brand=brand, price_kobo=500_000)
    facts: dict[str, dict[str, Any]] = {
        "Bought": {},
        "Bought, hidden": {"status": ProductStatus.ARCHIVED},
        "Same category, near": {"category": gowns, "price_kobo": 490_000},
        "Same category, far": {"category": gowns, "price_kobo": 100_000},
        "Same both": {"category": gowns, "brand": brand, "price_kobo": 900_000},
        "Same brand": {"brand": brand, "price_kobo": 300_000},
        "Same both, sold out": {"category": gowns, "brand": brand},
        "Draft": {"category": gowns, "status": ProductStatus.DRAFT},
        "Stranger": {},
    }
    made = {name: ProductFactory.create(name=name, **columns) for name, columns in facts.items()}
    for name, product in made.items():
        VariantFactory.create(product=product, stock_on_hand=0 if "sold out" in name else 5)
    for name in ("Bought", "Bought, hidden"):
        RelatedProduct.objects.create(product=gown, other=made[name], orders=1, counted_at=NOON)

    assert related(client, gown) == [
        "Bought",
        "Same both",
        "Same category, near",
        "Same brand",
        "Same category, far",
        "Same both, sold out",
    ]
    assert related(client, made["Stranger"]) == []
    assert client.get(f"/api/v1/products/{made['Draft'].slug}/related/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_related_products_take_three_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    gown = ProductFactory.create(brand=None)
    for _ in range(rows):
        VariantFactory.create(product__category=gown.category)

    with django_assert_num_queries(3):
        assert len(related(client, gown)) == rows
