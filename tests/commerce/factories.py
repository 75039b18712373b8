"""Rows of the shop for tests. Prices are in kobo; names count up, so that rows differ."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

from django.db import connection
from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from commerce.accounts.models import User
from commerce.catalog.models import Brand, Category, Product, ProductStatus, ProductVariant
from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import Contact, OrderItem, place_order
from zuka.platform.actor import Actor

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
ADDRESS = {
    "recipient_name": "Ada Obi",
    "street_address": "12 Allen Avenue",
    "city": "Ikeja",
    "state": "Lagos",
    "country": "NG",
}


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = Sequence(lambda n: f"person{n}@example.com")
    name = Sequence(lambda n: f"Person {n}")


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    slug = Sequence(lambda n: f"category-{n}")
    name = Sequence(lambda n: f"Category {n}")


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    slug = Sequence(lambda n: f"brand-{n}")
    name = Sequence(lambda n: f"Brand {n}")


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    sku = Sequence(lambda n: f"P-{n}")
    slug = Sequence(lambda n: f"product-{n}")
    name = Sequence(lambda n: f"Product {n}")
    status = ProductStatus.PUBLISHED
    category = SubFactory(CategoryFactory)
    brand = SubFactory(BrandFactory)
    price_kobo = 200_000
    cost_price_kobo = 90_000


class VariantFactory(DjangoModelFactory[ProductVariant]):
    class Meta:
        model = ProductVariant

    product = SubFactory(ProductFactory)
    sku = Sequence(lambda n: f"V-{n}")
    stock_on_hand = 10


def make_order(**choices: Any) -> Order:
    """Place an order by the service: one piece of a new variant, as a guest, cash on delivery, unless told."""
    if "lines" not in choices:
        choices["lines"] = [OrderItem(sku=VariantFactory.create().sku, quantity=1)]
    defaults = {
        "contact": Contact(name="Ada Obi", email="ada@example.com"),
        "shipping_address": ADDRESS,
        "payment_method": PaymentMethod.CASH_ON_DELIVERY,
        "actor": Actor(visitor_id="visitor-1"),
        "at": NOON,
    }
    return place_order(**{**defaults, **choices})


def in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    """Run a call in threads that start together, each with its own connection; return what they returned."""
    barrier = Barrier(count)

    def run(_number: int) -> Any:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run different calls in threads that start together; return what they returned, in no order."""
    left = list(works)

    def take_one() -> Any:
        return left.pop()()

    return in_threads(len(works), take_one)
